import type { Kind, Plan } from './plan.ts';
import type { WorldFault } from './world.ts';

/** A safeguard taken away, so that the simulation can show that it would notice. */
export interface Mutant {
  readonly name: string;
  /** What no longer holds. */
  readonly without: string;
  /** The shape of job that it shows best with. */
  readonly kind: Kind;
  /** Circumstances that it shows best in; otherwise it would take many more histories. */
  readonly where?: Partial<Plan>;
  /** The engine's source as it would be without; or what the world does that it must not do. */
  readonly by: Patch | WorldFault;
}

/** Texts of one file of the engine, each there exactly once, and what takes their place. */
export interface Patch {
  readonly file: string;
  readonly edits: readonly { readonly find: string; readonly replace: string }[];
}

/** A patch of one file, as pairs of what is there and what takes its place. */
export function patch(file: string, ...texts: readonly (readonly [string, string])[]): Patch {
  return { file, edits: texts.map(([find, replace]) => ({ find, replace })) };
}

/** A world without other trouble than a mutant asks for, in which time moves on quickly. */
export const calm: Partial<Plan> = {
  streams: ['clicks', 'changes'],
  lateness: 0,
  wide: false,
  events: 70,
  eventGap: 20,
  beyond: 0,
  skew: 0,
  tickEvery: 20,
  tickSettle: 0,
  reshards: 0,
  stops: false,
  closeEvery: 15,
  latency: 5,
  pauses: 0,
  faults: 0,
  conflicts: 0,
};
