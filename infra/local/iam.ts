import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Decision, decide, readPolicy, type Statement } from './iam-policy/statement.ts';
import { localAccountId, type Permission, type Principal, type Resource } from './service.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * The roles of the template, and what their identity policies allow.
 *
 * Not checked: conditions, policy variables, permission boundaries, session and resource policies
 * (bucket, queue and key policies), service control policies, and signatures: an access key alone
 * says who calls.
 */
export interface Roles {
  /**
   * The same for the same names, also after a restart.
   *
   * @param sessionName what stands behind the role in error messages; a function's name on Lambda.
   * @throws Error when the template has no such role, or it carries a policy nobody knows here.
   */
  credentialsFor(roleName: string, sessionName?: string): Credentials;
  /** Undefined for an access key that was never given out. */
  principalOf(accessKeyId: string): Principal | undefined;
  arnOf(principal: Principal): string;
  decide(principal: Principal, permission: Permission): Decision;
}

/** A person's access key begins so, and may do everything. */
const personPrefix = 'local';

/** Policies of AWS itself that grant nothing on what is played here: logs and network interfaces. */
const managedPoliciesWithoutGrants = [
  'service-role/AWSLambdaBasicExecutionRole',
  'service-role/AWSLambdaVPCAccessExecutionRole',
];

const inlinePolicy = z.object({ PolicyName: z.string(), PolicyDocument: z.unknown() });
const roleProperties = z.object({
  Policies: z.array(inlinePolicy).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
});
const attachedPolicyProperties = z.object({
  PolicyDocument: z.unknown(),
  Roles: z.array(z.string()).default([]),
});

interface AttachedPolicy {
  readonly resource: Resource;
  readonly document: unknown;
  readonly roleNames: readonly string[];
}

export function createRoles(resources: readonly Resource[]): Roles {
  const roles = new Map(
    resources.filter(({ type }) => type === 'AWS::IAM::Role').map((role) => [role.ref, role]),
  );
  const policies = resources
    .filter(({ type }) => type === 'AWS::IAM::Policy' || type === 'AWS::IAM::ManagedPolicy')
    .map(attachedPolicy);
  const statementsOfRole = new Map<string, readonly Statement[]>();
  const decisions = new Map<string, Decision>();
  const sessions = new Map<string, { principal: Principal; arn: string }>();

  // Read when first asked for: roles of services that AWS alone plays may carry any policy.
  function statementsOf(roleName: string): readonly Statement[] {
    const known = statementsOfRole.get(roleName);
    if (known !== undefined) return known;
    const role = roles.get(roleName);
    if (role === undefined) {
      throw new Error(
        `Cannot find role: the template has no role of that name: received ${roleName}`,
      );
    }
    const statements = readStatements(role, policies);
    statementsOfRole.set(roleName, statements);
    return statements;
  }

  return {
    credentialsFor(roleName, sessionName = roleName) {
      statementsOf(roleName);
      const digest = createHash('sha256').update(`${roleName}/${sessionName}`).digest('hex');
      const accessKeyId = `LKIA${digest.slice(0, 16).toUpperCase()}`;
      sessions.set(accessKeyId, {
        principal: { accessKeyId, roleName },
        arn: `arn:aws:sts::${localAccountId}:assumed-role/${roleName}/${sessionName}`,
      });
      return { accessKeyId, secretAccessKey: digest.slice(16, 56) };
    },
    principalOf(accessKeyId) {
      if (accessKeyId.startsWith(personPrefix)) return { accessKeyId, roleName: undefined };
      return sessions.get(accessKeyId)?.principal;
    },
    arnOf({ accessKeyId }) {
      const session = sessions.get(accessKeyId);
      return session?.arn ?? `arn:aws:iam::${localAccountId}:user/${accessKeyId}`;
    },
    decide({ roleName }, permission) {
      if (roleName === undefined) return 'allowed';
      const cacheKey = JSON.stringify([roleName, permission.action, permission.resource]);
      const known = decisions.get(cacheKey);
      if (known !== undefined) return known;
      const decision = decide(statementsOf(roleName), permission);
      // Objects and keys in resource names have no bound; the cache must have one.
      if (decisions.size >= decisionsMax) decisions.clear();
      decisions.set(cacheKey, decision);
      return decision;
    },
  };
}

const decisionsMax = 10_000;

function attachedPolicy(resource: Resource): AttachedPolicy {
  const { PolicyDocument, Roles } = parse(attachedPolicyProperties, resource);
  return { resource, document: PolicyDocument, roleNames: Roles };
}

function readStatements(role: Resource, policies: readonly AttachedPolicy[]): Statement[] {
  const { Policies, ManagedPolicyArns } = parse(roleProperties, role);
  const inline = Policies.flatMap(({ PolicyName, PolicyDocument }) =>
    readPolicy(`${role.logicalId}/${PolicyName}`, PolicyDocument),
  );
  const byRoleName = policies.filter(({ roleNames }) => roleNames.includes(role.ref));
  const byArn = ManagedPolicyArns.flatMap((arn) => managedPolicy(role, arn, policies));
  const attached = [...new Set([...byRoleName, ...byArn])].flatMap(({ resource, document }) =>
    readPolicy(resource.logicalId, document),
  );
  return [...inline, ...attached];
}

function managedPolicy(
  role: Resource,
  arn: string,
  policies: readonly AttachedPolicy[],
): AttachedPolicy[] {
  const ofTemplate = policies.find(
    ({ resource }) => resource.type === 'AWS::IAM::ManagedPolicy' && resource.ref === arn,
  );
  if (ofTemplate !== undefined) return [ofTemplate];
  const nameOnAws = /^arn:[^:]+:iam::aws:policy\/(.+)$/.exec(arn)?.[1];
  if (nameOnAws !== undefined && managedPoliciesWithoutGrants.includes(nameOnAws)) return [];
  throw new Error(
    `Cannot read role ${role.logicalId}: its managed policy is not known here, so what it grants is not: received ${arn}`,
  );
}

function parse<T>(schema: z.ZodType<T>, resource: Resource): T {
  const parsed = schema.safeParse(resource.properties);
  if (parsed.success) return parsed.data;
  throw new Error(
    `Cannot read ${resource.type}: its properties are wrong: received ${resource.logicalId}: ${z.prettifyError(parsed.error)}`,
  );
}
