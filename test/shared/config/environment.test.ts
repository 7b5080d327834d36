import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { environment } from '../../../shared/config/environment.ts';

const schema = z.object({
  TABLE_NAME: z.string(),
  TICK_INTERVAL_MS: z.coerce.number().int().min(100).default(5_000),
});

describe('environment()', () => {
  it('gives what the schema makes of the variables', () => {
    expect(environment(schema, { TABLE_NAME: 't', TICK_INTERVAL_MS: '200', ELSE: 'x' })).toEqual({
      TABLE_NAME: 't',
      TICK_INTERVAL_MS: 200,
    });
  });

  it('takes an empty variable for a missing one', () => {
    expect(() => environment(schema, { TABLE_NAME: '' })).toThrow(
      /^Cannot start function: .*TABLE_NAME/,
    );
    expect(environment(schema, { TABLE_NAME: 't', TICK_INTERVAL_MS: '' })).toMatchObject({
      TICK_INTERVAL_MS: 5_000,
    });
  });

  it('names every wrong variable and no value', () => {
    const start = () => environment(schema, { TICK_INTERVAL_MS: 'secret-value' });
    expect(start).toThrow(/TABLE_NAME.*TICK_INTERVAL_MS/);
    expect(start).not.toThrow(/secret-value/);
  });
});
