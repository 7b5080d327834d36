import path from 'node:path';
import { z } from 'zod';
import type { Roles } from '../iam.ts';
import { type FunctionSpec, functionSpec } from '../lambda/function-spec.ts';
import type { ResourceList } from '../resource-list.ts';
import type { Assembly } from './assembly.ts';

const codeProperties = z.object({
  Code: z.object({ S3Key: z.string() }),
  Role: z.string(),
});

/**
 * Every function of the template with its bundle from the assembly and credentials of its own role.
 *
 * @throws Error when the assembly lacks a function's bundle.
 */
export function functionSpecs(
  assembly: Assembly,
  resources: ResourceList,
  roles: Roles,
  endpointUrl: string,
): readonly FunctionSpec[] {
  return resources.ofType('AWS::Lambda::Function').map((resource) => {
    const { Code, Role } = codeProperties.parse(resource.properties);
    const bundleFolder = assembly.assets.get(path.basename(Code.S3Key, '.zip'));
    if (bundleFolder === undefined) {
      throw new Error(`Cannot play function ${resource.ref}: the assembly lacks ${Code.S3Key}`);
    }
    const roleName = Role.split(':role/')[1] ?? Role;
    const credentials = roles.credentialsFor(roleName, resource.ref);
    return functionSpec(resource, { bundleFolder, endpointUrl, ...credentials });
  });
}
