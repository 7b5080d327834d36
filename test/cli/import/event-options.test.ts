import { describe, expect, it } from 'vitest';
import { eventUsage, parseEventOptions } from '../../../cli/import/event-options.ts';
import { formats } from '../../../cli/import/formats/formats.ts';

const parse = (...args: readonly string[]) => parseEventOptions(args, formats.orders);
const file = ['sales.csv', '--format', 'rees46'];

describe('parseEventOptions()', () => {
  it('keeps times, reads UTC and lets the jobs learn, unless told otherwise', () => {
    const options = parse(...file);
    expect(options).toMatchObject({ speed: undefined, learn: true, json: false, encoding: 'utf8' });
    expect(options.toInstant(0)).toBe(0);
    expect(parse(...file, '--keep-times', '--no-learn')).toMatchObject({ learn: false });
  });

  it('shifts to now at the pace of the file, or faster', () => {
    expect(parse(...file, '--shift-to-now').speed).toBe(1);
    expect(parse(...file, '--shift-to-now', '--speed', '60').speed).toBe(60);
  });

  it.each([
    [[], 'one file is expected'],
    [['a.csv', 'b.csv', '--format', 'rees46'], 'received a.csv b.csv'],
    [['a.csv'], '--format must be one of uci-online-retail, retail-rocket'],
    [['a.csv', '--format', 'xml'], 'received xml'],
    [[...file, '--keep-times', '--shift-to-now'], 'exclude each other'],
    [[...file, '--speed', '2'], '--speed belongs to --shift-to-now'],
    [[...file, '--shift-to-now', '--speed', '0'], 'must be a number above 0'],
    [[...file, '--time-zone', 'Middle/Earth'], 'received "Middle/Earth"'],
    [[...file, '--encoding', 'ebcdic'], 'received ebcdic'],
  ])('refuses %j', (args, reason) => {
    expect(() => parse(...args)).toThrow(reason);
  });

  it('has no clicks of a format that tells of none', () => {
    const args = ['a.csv', '--format', 'uci-online-retail'];
    expect(() => parseEventOptions(args, formats.clicks)).toThrow('retail-rocket, rees46, taobao');
  });
});

describe('eventUsage()', () => {
  it('names the formats, and the fields that can be mapped', () => {
    const usage = eventUsage('orders', formats.orders);
    expect(usage).toContain('uci-online-retail | retail-rocket | rees46 | taobao | generic');
    expect(usage).toContain('order time sku quantity price [customer] [country]');
  });
});
