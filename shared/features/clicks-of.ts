import { milliseconds } from '../lake/facts-sql.ts';

/** Clicks of known users as a source of features; the user is an entity under the name given. */
export function clicksOf<Entity extends string>(entity: Entity) {
  return {
    entities: [entity] as readonly [Entity],
    values: { type: 'varchar', session: 'varchar', category: 'varchar' },
    rows: {
      from: "clicks WHERE user_hash IS NOT NULL AND type IN ('view', 'cart', 'remove', 'wishlist')",
      id: 'event_id',
      atMs: milliseconds('occurred_at'),
      entities: { [entity]: 'user_hash' },
      values: { type: 'type', session: 'session_hash', category: 'category' },
    },
  } as const;
}
