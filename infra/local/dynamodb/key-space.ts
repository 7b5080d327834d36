import type { KeyRange } from 'dynalite/db/index.js';

/**
 * Where things lie in the one LevelDB: dynalite's own prefixes for tables, items and index entries,
 * and two of ours beside them. `~` occurs in no table or index name, so no prefix starts another.
 */
export const tablesPrefix = 'table~';
export const requestTokensPrefix = 'token~';
export const timeToLivePrefix = 'ttl~';

export function itemsPrefix(table: string): string {
  return `item-${table}~`;
}

export function indexesPrefix(kind: 'Local' | 'Global', table: string): string {
  return `index-${kind.toLowerCase()}~${table}~`;
}

export function indexPrefix(kind: 'Local' | 'Global', table: string, index: string): string {
  return `${indexesPrefix(kind, table)}${index}~`;
}

/** All keys under a prefix; every key continues it with plain ASCII. */
export function rangeOf(prefix: string): KeyRange {
  return { gte: prefix, lt: `${prefix}\u{7f}` };
}
