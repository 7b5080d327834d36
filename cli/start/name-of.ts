import type { LocalCloud } from '../../infra/local/cloud.ts';

/** The name of the one resource of a type whose name ends so after its stage. */
export function nameOf({ resources }: LocalCloud, type: string, end: string): string {
  return resources.only([type], ({ ref }) => ref.endsWith(`-${end}`)).ref;
}
