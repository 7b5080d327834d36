import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesAction, matchesResource } from '../../../../infra/local/iam-policy/wildcard.ts';

const queue = 'arn:aws:sqs:us-east-1:000000000000:dev-dead-letters';

describe('matchesAction()', () => {
  it.each([
    ['kinesis:PutRecords', 'kinesis:PutRecords', true],
    ['kinesis:putrecords', 'Kinesis:PutRecords', true],
    ['kinesis:Put*', 'kinesis:PutRecord', true],
    ['kinesis:Put*', 'kinesis:GetRecords', false],
    ['kinesis:*', 'kinesis:ListShards', true],
    ['kinesis:*', 'kinesisanalytics:ListApplications', false],
    ['*', 'dynamodb:GetItem', true],
    ['dynamodb:?etItem', 'dynamodb:GetItem', true],
    ['dynamodb:?etItem', 'dynamodb:BatchGetItem', false],
    ['*:Get*', 's3:GetObject', true],
    ['kinesis:PutRecord', 'kinesis:PutRecords', false],
  ])('%s and %s: %s', (pattern, action, expected) => {
    expect(matchesAction(pattern, action)).toBe(expected);
  });
});

describe('matchesResource()', () => {
  it.each([
    [queue, queue, true],
    ['*', queue, true],
    ['arn:aws:sqs:us-east-1:000000000000:dev-*', queue, true],
    ['arn:aws:sqs:*:*:dev-dead-letters', queue, true],
    ['arn:aws:sqs:us-east-1:000000000000:DEV-dead-letters', queue, false],
    ['arn:aws:sqs:us-east-1:000000000000:dev-dead-letter?', queue, true],
    ['arn:aws:sqs:us-east-1:000000000000:dev-dead-letter', queue, false],
    ['arn:aws:s3:::lake/bronze/*', 'arn:aws:s3:::lake/bronze/orders/month=2026-11/a', true],
    ['arn:aws:s3:::lake/*/a', 'arn:aws:s3:::lake/bronze/orders/a', true],
    ['arn:aws:s3:::lake', 'arn:aws:s3:::lake/bronze', false],
    [
      'arn:aws:secretsmanager:*:*:secret:dev/key-??????',
      'arn:aws:secretsmanager:us-east-1:0:secret:dev/key-AbCd12',
      true,
    ],
  ])('%s and %s: %s', (pattern, resource, expected) => {
    expect(matchesResource(pattern, resource)).toBe(expected);
  });

  it('lets a * go over colons only where it ends its part', () => {
    expect(matchesResource('arn:aws:sqs:us*:dev-dead-letters', queue)).toBe(true);
    expect(matchesResource('arn:aws:sqs:us*dead-letters', queue)).toBe(false);
    expect(matchesResource('arn:aws:s?s:?????????:*', queue)).toBe(true);
    expect(matchesResource('arn:aws?sqs:*', queue)).toBe(false);
  });

  it('agrees with a regular expression on any pattern', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/'), maxLength: 12 });
    const pattern = fc.string({
      unit: fc.constantFrom('a', 'b', ':', '/', '*', '?'),
      maxLength: 8,
    });
    fc.assert(
      fc.property(pattern, text, (tried, resource) => {
        expect(matchesResource(tried, resource)).toBe(asExpression(tried).test(resource));
      }),
      { numRuns: 2_000 },
    );
  });

  it('matches every text that its wildcards were filled with', () => {
    const part = fc.oneof(
      fc.constant(['*', 'x/y-z']),
      fc.constant(['?', 'q']),
      fc.constantFrom('a', '.', '(', ':', '$').map((literal) => [literal, literal]),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
        const pattern = parts.map(([wildcard]) => wildcard).join('');
        const filled = parts.map(([, text]) => text).join('');
        expect(matchesResource(pattern, filled)).toBe(true);
      }),
    );
  });

  it('takes no exponential time', () => {
    const pattern = `${'*a'.repeat(30)}b`;
    const started = performance.now();
    expect(matchesResource(pattern, 'a'.repeat(2_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

function asExpression(pattern: string): RegExp {
  const source = pattern
    .replace(/\*(?=:|$)/g, '§')
    .replaceAll('*', '[^:]*')
    .replaceAll('?', '[^:]')
    .replaceAll('§', '.*');
  return new RegExp(`^${source}$`);
}
