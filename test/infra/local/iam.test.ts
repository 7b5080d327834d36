import { describe, expect, it } from 'vitest';
import { createRoles, type Roles } from '../../../infra/local/iam.ts';
import type { Principal, Resource } from '../../../infra/local/service.ts';

const stream = 'arn:aws:kinesis:us-east-1:000000000000:stream/dev-insights';
const put = { action: 'kinesis:PutRecords', resource: stream };

function policy(effect: 'Allow' | 'Deny', action = 'kinesis:PutRecords'): object {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: effect, Action: action, Resource: stream }],
  };
}

function resource(type: string, ref: string, properties: object): Resource {
  return { stack: 'Shop-dev-App', logicalId: `${ref}Id`, type, ref, attributes: {}, properties };
}

function role(properties: object = {}): Resource {
  return resource('AWS::IAM::Role', 'statistics-role', {
    AssumeRolePolicyDocument: { Statement: [] },
    ...properties,
  });
}

function principalIn(roles: Roles): Principal {
  const { accessKeyId } = roles.credentialsFor('statistics-role', 'dev-statistics');
  const principal = roles.principalOf(accessKeyId);
  if (principal === undefined) throw new Error('the key that was given out is not known');
  return principal;
}

describe('createRoles()', () => {
  it('grants nothing to a role without policies', () => {
    const roles = createRoles([role()]);
    expect(roles.decide(principalIn(roles), put)).toBe('not allowed');
  });

  it.each<[string, Resource[]]>([
    [
      'inside the role',
      [role({ Policies: [{ PolicyName: 'inline', PolicyDocument: policy('Allow') }] })],
    ],
    [
      'beside the role',
      [
        role(),
        resource('AWS::IAM::Policy', 'policy', {
          PolicyName: 'policy',
          PolicyDocument: policy('Allow'),
          Roles: ['other-role', 'statistics-role'],
        }),
      ],
    ],
    [
      'managed, naming the role',
      [
        role(),
        resource('AWS::IAM::ManagedPolicy', 'arn:aws:iam::000000000000:policy/managed', {
          PolicyDocument: policy('Allow'),
          Roles: ['statistics-role'],
        }),
      ],
    ],
    [
      'managed, named by the role',
      [
        role({ ManagedPolicyArns: ['arn:aws:iam::000000000000:policy/managed'] }),
        resource('AWS::IAM::ManagedPolicy', 'arn:aws:iam::000000000000:policy/managed', {
          PolicyDocument: policy('Allow'),
        }),
      ],
    ],
  ])('grants what a policy %s allows, and no more', (_, resources) => {
    const roles = createRoles(resources);
    const principal = principalIn(roles);
    expect(roles.decide(principal, put)).toBe('allowed');
    expect(roles.decide(principal, { ...put, action: 'kinesis:GetRecords' })).toBe('not allowed');
    // The second answer comes from what was remembered.
    expect(roles.decide(principal, put)).toBe('allowed');
  });

  it('grants nothing from a policy of another role', () => {
    const roles = createRoles([
      role(),
      resource('AWS::IAM::Policy', 'policy', {
        PolicyDocument: policy('Allow'),
        Roles: ['other-role'],
      }),
    ]);
    expect(roles.decide(principalIn(roles), put)).toBe('not allowed');
  });

  it('lets a deny in one policy win over an allow in another', () => {
    const roles = createRoles([
      role({ Policies: [{ PolicyName: 'inline', PolicyDocument: policy('Allow') }] }),
      resource('AWS::IAM::Policy', 'policy', {
        PolicyDocument: policy('Deny', 'kinesis:*'),
        Roles: ['statistics-role'],
      }),
    ]);
    expect(roles.decide(principalIn(roles), put)).toBe('denied');
  });

  it('knows the managed policies of functions, which grant nothing that is played', () => {
    const roles = createRoles([
      role({
        ManagedPolicyArns: [
          'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
          'arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole',
        ],
      }),
    ]);
    expect(roles.decide(principalIn(roles), put)).toBe('not allowed');
  });

  it('names a managed policy it does not know, once the role is used', () => {
    const arn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const roles = createRoles([role({ ManagedPolicyArns: [arn] })]);
    expect(() => roles.credentialsFor('statistics-role')).toThrow(arn);
  });

  it('refuses credentials for a role that the template lacks', () => {
    expect(() => createRoles([]).credentialsFor('missing')).toThrow(
      'Cannot find role: the template has no role of that name: received missing',
    );
  });

  it('gives each session the same key every time, and no two the same', () => {
    const roles = createRoles([role()]);
    const first = roles.credentialsFor('statistics-role', 'dev-statistics');
    expect(createRoles([role()]).credentialsFor('statistics-role', 'dev-statistics')).toEqual(
      first,
    );
    expect(roles.credentialsFor('statistics-role', 'other').accessKeyId).not.toBe(
      first.accessKeyId,
    );
  });

  it('names the session as AWS does', () => {
    const roles = createRoles([role()]);
    expect(roles.arnOf(principalIn(roles))).toBe(
      'arn:aws:sts::000000000000:assumed-role/statistics-role/dev-statistics',
    );
  });

  it('lets the person do everything, and knows no other key', () => {
    const roles = createRoles([role()]);
    const person = roles.principalOf('local');
    expect(person).toEqual({ accessKeyId: 'local', roleName: undefined });
    expect(person && roles.decide(person, put)).toBe('allowed');
    expect(roles.principalOf('local-shopper')?.roleName).toBeUndefined();
    expect(roles.principalOf('AKIAIOSFODNN7EXAMPLE')).toBeUndefined();
  });
});
