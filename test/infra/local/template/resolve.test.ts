import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { StackTemplate } from '../../../../infra/local/template/assembly.ts';
import { resolveAssembly } from '../../../../infra/local/template/resolve.ts';

const addresses = {
  awsUrl: 'http://127.0.0.1:4601',
  apiUrl: 'http://127.0.0.1:4600',
  database: { host: '127.0.0.1', port: 4602 },
};

function stack(name: string, template: Partial<StackTemplate>): StackTemplate {
  const empty = { Resources: {}, Outputs: {}, Conditions: {}, Parameters: {}, Mappings: {} };
  return { name, ...empty, ...template };
}

function resolve(...stacks: StackTemplate[]) {
  return resolveAssembly({ stacks, assets: new Map() }, addresses);
}

/** The value of one expression, as a property of a resource nobody plays. */
function evaluate(expression: unknown, template: Partial<StackTemplate> = {}): unknown {
  const Resources = {
    ...template.Resources,
    Probe: { Type: 'Test::Probe', Properties: { Value: expression } },
  };
  const resources = resolve(stack('S', { ...template, Resources }));
  const probe = resources.find(({ logicalId }) => logicalId === 'Probe');
  return z.looseObject({ Value: z.unknown() }).parse(probe?.properties).Value;
}

const queue = {
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: { 'Fn::Sub': 'q-${AWS::Region}' } },
};

describe('resolveAssembly()', () => {
  it('gives names, ARNs and addresses as the type has them', () => {
    const template = { Resources: { Q: queue } };
    const url = 'http://127.0.0.1:4601/000000000000/q-us-east-1';
    expect(evaluate({ Ref: 'Q' }, template)).toBe(url);
    expect(evaluate({ 'Fn::GetAtt': ['Q', 'Arn'] }, template)).toBe(
      'arn:aws:sqs:us-east-1:000000000000:q-us-east-1',
    );
  });

  it('names what the template does not name after stack and logical id', () => {
    const Resources = { T: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
    expect(evaluate({ Ref: 'T' }, { Resources })).toBe('S-T');
  });

  it('joins, selects, splits, substitutes and encodes', () => {
    expect(evaluate({ 'Fn::Join': ['-', ['a', { Ref: 'AWS::AccountId' }]] })).toBe(
      'a-000000000000',
    );
    expect(evaluate({ 'Fn::Select': ['1', { 'Fn::Split': [':', 'a:b:c'] }] })).toBe('b');
    expect(evaluate({ 'Fn::Sub': ['${X}/${!Y}', { X: { Ref: 'AWS::Region' } }] })).toBe(
      'us-east-1/${Y}',
    );
    expect(evaluate({ 'Fn::Base64': 'hi' })).toBe('aGk=');
  });

  it('takes the branch of a condition and leaves out what has no value', () => {
    const Conditions = {
      Yes: { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws'] },
      No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    };
    const template = { Conditions };
    expect(evaluate({ 'Fn::If': ['Yes', 1, 2] }, template)).toBe(1);
    const none = { 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] };
    expect(evaluate({ a: none, b: [none, 3] }, template)).toEqual({ b: [3] });
  });

  it('leaves out resources whose condition is false', () => {
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    const Resources = { Q: { ...queue, Condition: 'Never' } };
    expect(resolve(stack('S', { Conditions, Resources }))).toEqual([]);
  });

  it('imports what another stack exports', () => {
    const exporting = stack('A', {
      Resources: { Q: queue },
      Outputs: { Out: { Value: { 'Fn::GetAtt': ['Q', 'QueueName'] }, Export: { Name: 'A:Q' } } },
    });
    const Properties = { Value: { 'Fn::ImportValue': 'A:Q' } };
    const importing = stack('B', { Resources: { Probe: { Type: 'Test::Probe', Properties } } });
    expect(resolve(importing, exporting)[0]?.properties).toEqual({ Value: 'q-us-east-1' });
  });

  it('takes the name of a consumer from the stream it reads', () => {
    const Resources = {
      St: { Type: 'AWS::Kinesis::Stream', Properties: { Name: 'st' } },
      Co: {
        Type: 'AWS::Kinesis::StreamConsumer',
        Properties: { ConsumerName: 'co', StreamARN: { 'Fn::GetAtt': ['St', 'Arn'] } },
      },
    };
    expect(evaluate({ Ref: 'Co' }, { Resources })).toBe(
      'arn:aws:kinesis:us-east-1:000000000000:stream/st/consumer/co:1',
    );
  });

  it.each([
    [{ Ref: 'Nobody' }, 'resource Nobody in S'],
    [{ 'Fn::ImportValue': 'X:Y' }, 'no stack exports it'],
    [{ 'Fn::Transform': {} }, 'does not know this function'],
    [{ 'Fn::If': ['Unheard', 1, 2] }, 'condition Unheard'],
  ])('says what it cannot resolve: %j', (expression, words) => {
    expect(() => evaluate(expression)).toThrow(words);
  });

  it('gives a parameter the value it is told, else its default', () => {
    const Resources = {
      Probe: { Type: 'Test::Probe', Properties: { Value: { Ref: 'Key' } } },
    };
    const stacks = [stack('S', { Resources, Parameters: { Key: { Default: 'none' } } })];
    const probe = (parameters?: Record<string, string>) =>
      resolveAssembly({ stacks, assets: new Map() }, addresses, parameters)[0]?.properties;
    expect([probe(), probe({ Key: 'mine' })]).toEqual([{ Value: 'none' }, { Value: 'mine' }]);
  });
});
