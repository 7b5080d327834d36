import { describe, expect, it } from 'vitest';
import { expandPrefix } from '../../../../infra/local/firehose/object-prefix.ts';

const values = {
  arrivalMs: Date.UTC(2026, 1, 3, 4, 5, 6),
  partition: { month: '2026-01' },
  random: 'abcdefghijk',
  errorType: 'processing-failed',
};

describe('expandPrefix()', () => {
  it.each([
    ['bronze/month=!{partitionKeyFromQuery:month}/', 'bronze/month=2026-01/'],
    [
      "errors/!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd'T'HH:mm:ss}/",
      'errors/processing-failed/2026-02-03T04:05:06/',
    ],
    ['x/!{firehose:random-string}/', 'x/abcdefghijk/'],
    ['plain/', 'plain/2026/02/03/04/'],
  ])('writes %s as %s', (prefix, expected) => {
    expect(expandPrefix(prefix, values)).toBe(expected);
  });

  it.each([
    '!{partitionKeyFromQuery:day}',
    '!{timestamp:yyyy-ww}',
    '!{lambda:x}',
    '!{firehose:other}',
  ])('refuses %s', (prefix) => {
    expect(() => expandPrefix(prefix, values)).toThrow('Cannot expand prefix');
  });
});
