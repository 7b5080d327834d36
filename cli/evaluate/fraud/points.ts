import type { AthenaClient } from '@aws-sdk/client-athena';
import type { FeatureVector } from '../../../shared/features/feature.ts';
import type { FeatureSet } from '../../../shared/features/feature-set.ts';
import { runSql, type SqlOptions } from '../../../shared/lake/run-sql.ts';

/** An order, or a payment of it, and what was known when it came. */
export interface OrderPoint {
  readonly source: string;
  readonly id: string;
  readonly atMs: number;
  readonly entities: Readonly<Record<string, string>>;
  /** What came of a payment; undefined for an order. */
  readonly status: string | undefined;
  readonly vector: FeatureVector;
}

/**
 * The features of every order and payment of a span, computed by Athena over the lake; in the order
 * of their times.
 *
 * @throws Error where a query lacks a column that the features have.
 */
export async function readPoints(
  client: AthenaClient,
  set: FeatureSet,
  span: { readonly fromMs?: number; readonly untilMs?: number },
  lake: SqlOptions,
): Promise<readonly OrderPoint[]> {
  const statuses = await paymentStatuses(client, lake);
  const { columns, rows } = await runSql(client, set.sql(span), lake);
  const places = new Map(columns.map(({ name }, place) => [name, place]));
  const placeOf = (name: string): number => {
    const place = places.get(name);
    if (place !== undefined) return place;
    throw new Error(`Cannot read features: the query has no column: received "${name}"`);
  };
  const kinds = [...places].flatMap(([name, place]) =>
    name.startsWith('point_') ? [[name.slice('point_'.length), place] as const] : [],
  );
  const features = set.features.map(({ name }) => [name, placeOf(name)] as const);
  const [source, id, atMs] = ['point_source', 'point_id', 'point_at_ms'].map(placeOf);
  const points = rows.map((row): OrderPoint => {
    const text = (place: number | undefined) => row[place ?? -1] ?? '';
    return {
      source: text(source),
      id: text(id),
      atMs: Number(text(atMs)),
      entities: Object.fromEntries(
        kinds
          .filter(([kind, place]) => !ownColumns.has(kind) && text(place) !== '')
          .map(([kind, place]) => [kind, text(place)]),
      ),
      status: text(source) === 'payment' ? statuses.get(text(id)) : undefined,
      vector: Object.fromEntries(features.map(([name, place]) => [name, numberOf(row[place])])),
    };
  });
  return points.sort((a, b) => a.atMs - b.atMs || rankOf(a) - rankOf(b));
}

/** By id of the payment, as it was when it was tried. */
async function paymentStatuses(
  client: AthenaClient,
  lake: SqlOptions,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await runSql(
    client,
    'SELECT id, min_by(status, row_version) FROM payments_changes GROUP BY id',
    lake,
  );
  return new Map(rows.map(([id, status]) => [id ?? '', status ?? '']));
}

const ownColumns = new Set(['source', 'id', 'at_ms']);

function numberOf(text: string | null | undefined): number | null {
  return text == null ? null : Number(text);
}

/** An order is there before it is paid. */
function rankOf({ source }: OrderPoint): number {
  return source === 'order' ? 0 : 1;
}

/** By what each order is judged: its payment that went through, else its last try, else itself. */
export function lastPoints(points: readonly OrderPoint[]): readonly OrderPoint[] {
  const last = new Map<string, OrderPoint>();
  for (const point of points) {
    const before = last.get(orderOf(point));
    if (before?.status !== 'approved') last.set(orderOf(point), point);
  }
  return [...last.values()].sort((a, b) => a.atMs - b.atMs);
}

/** The id of a point's order. */
export function orderOf({ entities, id }: Pick<OrderPoint, 'entities' | 'id'>): string {
  return entities['order'] ?? id;
}
