import { z } from 'zod';
import type { Roles } from '../iam.ts';
import type { ResourceList } from '../resource-list.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import { mappingPermissions } from './mapping-permissions.ts';

const role = z.object({ Role: z.string() });

/**
 * Asks of a function's role what Lambda's poller would use it for: the poller here reads in
 * process, where nobody else asks.
 *
 * @throws Error in the words of Lambda when the role lacks a grant.
 */
export function checkMappingGrants(
  mapping: EventSourceMapping,
  resources: ResourceList,
  roles: Roles,
): void {
  const target = resources.only(
    ['AWS::Lambda::Function'],
    ({ ref }) => ref === mapping.functionName,
  );
  const roleName = role.parse(target.properties).Role.split(':role/')[1] ?? '';
  const { accessKeyId } = roles.credentialsFor(roleName, mapping.functionName);
  for (const permission of mappingPermissions(mapping)) {
    const decision = roles.decide({ accessKeyId, roleName }, permission);
    if (decision === 'allowed') continue;
    throw new Error(
      `Cannot poll ${mapping.streamName} for ${mapping.functionName}: AccessDenied: the function's role may not ${permission.action} on ${permission.resource}`,
    );
  }
}
