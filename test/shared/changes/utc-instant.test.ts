import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utcInstantMs } from '../../../shared/changes/utc-instant.ts';

describe('utcInstantMs()', () => {
  it('reads what Date writes, over all years of four digits', () => {
    const min = new Date('0000-01-01T00:00:00Z');
    const max = new Date('9999-12-31T23:59:59.999Z');
    fc.assert(
      fc.property(fc.date({ min, max, noInvalidDate: true }), (date) => {
        expect(utcInstantMs(date.toISOString())).toBe(date.getTime());
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05.5Z', '2026-01-02T03:04:05.500Z'],
    ['2026-01-02T03:04:05.000999Z', '2026-01-02T03:04:05.000Z'],
    ['2024-02-29T00:00:00.123456789Z', '2024-02-29T00:00:00.123Z'],
  ])('reads %s with any number of decimals', (text, iso) => {
    expect(utcInstantMs(text)).toBe(Date.parse(iso));
  });

  it.each([
    '',
    'yesterday',
    '2026-01-02',
    '2026-01-02T03:04Z',
    '2026-01-02 03:04:05Z',
    '2026-01-02T03:04:05',
    '2026-01-02T03:04:05.Z',
    '2026-01-02T03:04:05.12x4Z',
    '2026-01-02T03:04:05,123Z',
    '2026-01-02T03:04:05+00:00',
    '2026-13-02T03:04:05Z',
    '2026-00-02T03:04:05Z',
    '2026-02-29T03:04:05Z',
    '1900-02-29T03:04:05Z',
    '2026-04-31T03:04:05Z',
    '2026-01-00T03:04:05Z',
    '2026-01-02T24:00:00Z',
    '2026-01-02T03:60:05Z',
    '2026-01-02T03:04:60Z',
    '20x6-01-02T03:04:05Z',
  ])('takes nothing else for an instant: %j', (text) => {
    expect(utcInstantMs(text)).toBeNaN();
  });
});
