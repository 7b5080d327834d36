import { describe, expect, it } from 'vitest';
import { type Decision, decide, readPolicy } from '../../../../infra/local/iam-policy/statement.ts';

const stream = 'arn:aws:kinesis:us-east-1:000000000000:stream/dev-clickstream';
const put = { action: 'kinesis:PutRecords', resource: stream };
const allow = { Effect: 'Allow', Action: 'kinesis:PutRecords', Resource: stream };

function decisionOf(...statements: object[]): Decision {
  return decide(readPolicy('policy', { Version: '2012-10-17', Statement: statements }), put);
}

describe('decide()', () => {
  it('allows what a statement allows', () => {
    expect(decisionOf(allow)).toBe('allowed');
  });

  it('does not allow what no statement names', () => {
    expect(decisionOf()).toBe('not allowed');
    expect(decisionOf({ ...allow, Action: 'kinesis:PutRecord' })).toBe('not allowed');
    expect(decisionOf({ ...allow, Resource: `${stream}-2` })).toBe('not allowed');
  });

  it('finds the action and the resource in one statement, not across two', () => {
    const otherStream = { ...allow, Resource: 'arn:aws:kinesis:us-east-1:0:stream/other' };
    const otherAction = { ...allow, Action: 'kinesis:ListShards' };
    expect(decisionOf(otherStream, otherAction)).toBe('not allowed');
  });

  it('takes lists of actions and resources', () => {
    const lists = { ...allow, Action: ['s3:Get*', 'kinesis:Put*'], Resource: ['arn:x', stream] };
    expect(decisionOf(lists)).toBe('allowed');
  });

  it('takes a single statement without a list', () => {
    expect(decide(readPolicy('policy', { Statement: allow }), put)).toBe('allowed');
  });

  it('lets a deny win over every allow, whatever the order', () => {
    const deny = { Effect: 'Deny', Action: '*', Resource: '*' };
    expect(decisionOf(allow, deny)).toBe('denied');
    expect(decisionOf(deny, allow)).toBe('denied');
  });

  it('denies with NotAction and NotResource everything but what they name', () => {
    const allButPut = { Effect: 'Deny', NotAction: 'kinesis:PutRecords', Resource: '*' };
    const allButGet = { Effect: 'Deny', NotAction: ['kinesis:Get*'], Resource: '*' };
    expect(decisionOf(allow, allButPut)).toBe('allowed');
    expect(decisionOf(allow, allButGet)).toBe('denied');
    const elsewhere = { Effect: 'Deny', Action: '*', NotResource: stream };
    const here = { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::lake' };
    expect(decisionOf(allow, elsewhere)).toBe('allowed');
    expect(decisionOf(allow, here)).toBe('denied');
  });

  it('counts a conditional allow and leaves a conditional deny out', () => {
    const Condition = { Bool: { 'aws:SecureTransport': 'false' } };
    expect(decisionOf({ ...allow, Condition })).toBe('allowed');
    expect(decisionOf(allow, { Effect: 'Deny', Action: '*', Resource: '*', Condition })).toBe(
      'allowed',
    );
  });
});

describe('readPolicy()', () => {
  it.each([
    ['no statement', {}],
    ['an unknown effect', { Statement: [{ ...allow, Effect: 'allow' }] }],
    ['no action', { Statement: [{ Effect: 'Allow', Resource: '*' }] }],
    ['two kinds of action', { Statement: [{ ...allow, NotAction: '*' }] }],
    ['no resource', { Statement: [{ Effect: 'Allow', Action: '*' }] }],
    ['an unresolved resource', { Statement: [{ ...allow, Resource: { Ref: 'Stream' } }] }],
  ])('refuses %s and names the policy', (_, document) => {
    expect(() => readPolicy('StatisticsPolicy', document)).toThrow(
      /^Cannot read policy StatisticsPolicy: /,
    );
  });
});
