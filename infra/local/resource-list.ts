import { roleOfType } from './inert-types.ts';
import type { Resource } from './service.ts';

/** The resources of all stacks, found by type. */
export class ResourceList {
  readonly #resources: readonly Resource[];

  constructor(resources: readonly Resource[]) {
    this.#resources = resources;
  }

  get all(): readonly Resource[] {
    return this.#resources;
  }

  ofType(...types: readonly string[]): readonly Resource[] {
    return this.#resources.filter(({ type }) => types.includes(type));
  }

  /** @throws Error unless exactly one resource of these types satisfies `where`. */
  only(types: readonly string[], where: (resource: Resource) => boolean = () => true): Resource {
    const found = this.ofType(...types).filter(where);
    const [resource] = found;
    if (resource && found.length === 1) return resource;
    throw new Error(
      `Cannot play the template: exactly one ${types.join(' or ')} is expected: received ${found.length}`,
    );
  }

  /** How many resources there are of each role; types nobody knows by name. */
  summary(): { readonly played: number; readonly inert: number; readonly unknown: string[] } {
    const roles = this.#resources.map(({ type }) => roleOfType(type));
    const unknown = this.#resources
      .map(({ type }) => type)
      .filter((type) => roleOfType(type) === 'unknown');
    return {
      played: roles.filter((role) => role === 'played').length,
      inert: roles.filter((role) => role === 'inert').length,
      unknown: [...new Set(unknown)],
    };
  }
}
