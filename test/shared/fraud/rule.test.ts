import { describe, expect, it, test } from 'vitest';
import { atLeast, fraudRule } from '../../../shared/fraud/rule.ts';

const sound = {
  name: 'large-order',
  version: 1,
  severity: 'info',
  mode: 'live',
  on: ['order'],
  title: 'Large order',
  entity: 'order',
  windowMs: 60_000,
  reads: ['order_total_cents'],
  parameters: { fromCents: 1 },
  when: () => true,
  reason: () => 'large',
} as const;

describe('fraudRule()', () => {
  it('takes a sound declaration', () => {
    expect(fraudRule(sound).name).toBe('large-order');
  });

  test.each([
    [{ name: 'Large order' }, 'its name must be lower-case words'],
    [{ version: 0 }, 'its version must be a whole number from 1: received 0'],
    [{ on: [] }, 'it must be evaluated at an event'],
    [{ title: '' }, 'it must have a title'],
    [{ windowMs: 0.5 }, 'windowMs must be a whole number'],
    [{ parameters: { fromCents: Number.NaN } }, 'parameter fromCents must be a number'],
    [{ precision: { share: 1.2, basis: 'a guess' } }, 'its precision must lie between 0 and 1'],
    [
      { reads: ['order_total_cent'] },
      'Cannot declare rule large-order: it reads a feature that is unknown, nearest are order_total_cents',
    ],
  ])('refuses %o', (wrong, message) => {
    expect(() => fraudRule({ ...sound, ...wrong })).toThrow(message);
  });
});

test('atLeast() holds for what is known and not below', () => {
  expect([atLeast(5, 5), atLeast(4, 5), atLeast(null, 0)]).toEqual([true, false, false]);
});
