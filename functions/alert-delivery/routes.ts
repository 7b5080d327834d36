import { momentaryKinds } from '../../shared/alerts/alert-kinds.ts';
import type { AlertData } from '../../shared/events/alert.ts';

/** Which alerts go where. What a route does not name, it does not ask for. */
export interface Route {
  readonly name: string;
  readonly kinds?: readonly string[];
  readonly severities?: readonly AlertData['severity'][];
  /** Names in the secret; those it does not have are left out, and where it has none: `default`. */
  readonly targets: readonly [string, ...string[]];
  /** Tells once in so long of all that came, instead of one by one. */
  readonly digestMs?: number;
}

/** How long ago what an alert tells of was, where that is too long for it to be told. */
export function outdatedMs(
  { rule, atMs }: AlertData,
  nowMs: number,
  toldWithinMs: number,
): number | undefined {
  const agoMs = nowMs - atMs;
  return momentaryKinds.some((kind) => kind === rule) && agoMs > toldWithinMs ? agoMs : undefined;
}

/** The first that fits an alert takes it; the last fits all. */
export const routes: readonly Route[] = [
  { name: 'grave', severities: ['critical'], targets: ['on-call', 'team'] },
  { name: 'notes', severities: ['info'], targets: ['team'], digestMs: 900_000 },
  { name: 'all', targets: ['team'] },
];

/** @throws Error where no route fits, which the last one of the list keeps from happening. */
export function routeOf(alert: AlertData, among: readonly Route[] = routes): Route {
  const route = among.find(
    ({ kinds, severities }) =>
      (kinds?.includes(alert.rule) ?? true) && (severities?.includes(alert.severity) ?? true),
  );
  if (route) return route;
  throw new Error(
    `Cannot route an alert: no route fits: received ${alert.rule}, ${alert.severity}`,
  );
}

/** Where a route leads among the targets that there are. */
export function targetsOf({ targets }: Route, known: readonly string[]): readonly string[] {
  const there = [...new Set(targets.filter((target) => known.includes(target)))];
  return there.length > 0 ? there : ['default'];
}
