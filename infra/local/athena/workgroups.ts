import { z } from 'zod';
import type { Resource } from '../service.ts';

/** A workgroup of the template: where its queries leave their results. */
export interface WorkGroup {
  readonly name: string;
  readonly description: string | undefined;
  readonly enabled: boolean;
  readonly outputLocation: string | undefined;
  /** Whether a client's own output location is ignored. */
  readonly enforced: boolean;
}

/** A saved query. */
export interface NamedQuery {
  readonly NamedQueryId: string;
  readonly Name: string;
  readonly Description?: string | undefined;
  readonly Database: string;
  readonly QueryString: string;
  readonly WorkGroup: string;
}

const workGroup = z.object({
  Name: z.string(),
  Description: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  WorkGroupConfiguration: z
    .object({
      EnforceWorkGroupConfiguration: z.boolean().default(true),
      ResultConfiguration: z.object({ OutputLocation: z.string().optional() }).prefault({}),
    })
    .prefault({}),
});

const namedQuery = z.object({
  Name: z.string(),
  Description: z.string().optional(),
  Database: z.string(),
  QueryString: z.string(),
  WorkGroup: z.string().default('primary'),
});

/** The workgroups of the template, and `primary`, which every account has. */
export function readWorkGroups(resources: readonly Resource[]): ReadonlyMap<string, WorkGroup> {
  const primary = { name: 'primary', description: undefined, enabled: true, enforced: false };
  const declared = resources.map(({ properties }): WorkGroup => {
    const {
      Name,
      Description,
      State,
      WorkGroupConfiguration: configuration,
    } = workGroup.parse(properties);
    return {
      name: Name,
      description: Description,
      enabled: State === 'ENABLED',
      outputLocation: configuration.ResultConfiguration.OutputLocation,
      enforced: configuration.EnforceWorkGroupConfiguration,
    };
  });
  const all: WorkGroup[] = [{ ...primary, outputLocation: undefined }, ...declared];
  return new Map(all.map((group) => [group.name, group]));
}

export function readNamedQueries(resources: readonly Resource[]): NamedQuery[] {
  return resources.map(({ properties, ref }) => ({
    NamedQueryId: ref,
    ...namedQuery.parse(properties),
  }));
}
