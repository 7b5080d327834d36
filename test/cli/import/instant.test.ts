import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  americanInstant,
  epochInstant,
  isoInstant,
  wallClock,
} from '../../../cli/import/instant.ts';

const utc = wallClock('UTC');
const instants = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2050, 0, 1) });
const zones = ['Europe/London', 'America/Sao_Paulo', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'];

describe('isoInstant()', () => {
  it.each([
    ['2010-12-01 08:26:00', Date.UTC(2010, 11, 1, 8, 26)],
    ['2010-12-01T08:26', Date.UTC(2010, 11, 1, 8, 26)],
    ['2010-12-01', Date.UTC(2010, 11, 1)],
    ['2010-12-01 08:26:00 UTC', Date.UTC(2010, 11, 1, 8, 26)],
    ['2010-12-01T08:26:00.1234Z', Date.UTC(2010, 11, 1, 8, 26, 0, 123)],
    ['2010-12-01T08:26:00-03:30', Date.UTC(2010, 11, 1, 11, 56)],
    ['2010-12-01 08:26:00+0530', Date.UTC(2010, 11, 1, 2, 56)],
  ])('reads %s', (text, atMs) => {
    expect(isoInstant(text, utc)).toBe(atMs);
  });

  it.each([
    ...['2011-02-29', '2010-13-01', '2010-12-01 24:00', '2010-12-01 08:61', '01.12.2010', ''],
    '2010-12-01 08:26:00 CET',
  ])('does not read %j', (text) => {
    expect(isoInstant(text, utc)).toBeUndefined();
  });
});

describe('americanInstant() and epochInstant()', () => {
  it('read the month first, and seconds or milliseconds', () => {
    expect(americanInstant('12/31/2010 8:26', utc)).toBe(Date.UTC(2010, 11, 31, 8, 26));
    expect(americanInstant('31/12/2010 8:26', utc)).toBeUndefined();
    expect(epochInstant('1290000000')).toBe(1_290_000_000_000);
    expect(epochInstant('1290000000123')).toBe(1_290_000_000_123);
    expect(epochInstant('-5')).toBeUndefined();
  });
});

describe('wallClock()', () => {
  it.each(zones)('finds the instant that a clock in %s showed', (zone) => {
    const shown = new Intl.DateTimeFormat('sv-SE', {
      ...{ timeZone: zone, dateStyle: 'short', timeStyle: 'medium' },
    });
    const toInstant = wallClock(zone);
    fc.assert(
      fc.property(instants, (anyMs) => {
        const atMs = Math.floor(anyMs / 1000) * 1000;
        const foundMs = isoInstant(shown.format(atMs), toInstant) ?? Number.NaN;
        // A time shown twice is the first of the two.
        expect(shown.format(foundMs)).toBe(shown.format(atMs));
        expect(foundMs).toBeLessThanOrEqual(atMs);
        expect(atMs - foundMs).toBeLessThanOrEqual(3_600_000);
      }),
      { numRuns: 300 },
    );
  });

  it('takes the first of two equal times, and goes on behind a time that was skipped', () => {
    const toInstant = wallClock('Europe/London');
    const at = (text: string) => new Date(isoInstant(text, toInstant) ?? 0).toISOString();
    expect(at('2010-10-31 01:30')).toBe('2010-10-31T00:30:00.000Z');
    expect(at('2010-03-28 01:30')).toBe('2010-03-28T01:30:00.000Z');
  });

  it('refuses what is no time zone', () => {
    expect(() => wallClock('Middle/Earth')).toThrow('received "Middle/Earth"');
  });
});
