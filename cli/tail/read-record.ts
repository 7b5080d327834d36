import { z } from 'zod';
import { decodeChange } from '../../shared/changes/decode-change.ts';
import type { ColumnValue, RowChange } from '../../shared/changes/row-change.ts';
import { clickRecord } from '../../shared/events/click.ts';
import { insightSchema } from '../../shared/events/insight.ts';
import { insightCells } from './insight-cells.ts';

/** A record as a person reads it. */
export interface ReadRecord {
  /** The table, or the type of the event. */
  readonly kind: string;
  /** Names and values, in this order. */
  readonly cells: readonly (readonly [name: string, value: string])[];
  /** For machines. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** What came of reading: a record, one that says nothing, or why it cannot be read. */
export type Reading = ReadRecord | 'nothing' | { readonly undecodable: string };

export type StreamReader = (data: Uint8Array) => Reading;

/** What people look for in a row of each table; a table that is not here shows its key alone. */
const rowColumns: Readonly<Record<string, readonly string[]>> = {
  categories: ['name', 'parent_id'],
  sellers: ['name', 'country'],
  customers: ['first_name', 'last_name', 'country'],
  products: ['sku', 'price', 'stock', 'name'],
  carts: ['customer_id', 'status'],
  cart_items: ['cart_id', 'product_id', 'quantity', 'customer_id'],
  wishlists: ['customer_id', 'product_id'],
  orders: ['customer_id', 'total', 'status', 'channel', 'shipping_country', 'ordered_at'],
  order_items: ['order_id', 'product_id', 'quantity', 'unit_price', 'ordered_at'],
  payments: ['order_id', 'method', 'amount', 'status', 'installments', 'attempted_at'],
  shipments: ['order_id', 'status', 'carrier', 'shipping_country'],
  order_adjustments: ['order_id', 'kind', 'amount', 'quantity', 'occurred_at'],
  order_reviews: ['order_id', 'verdict', 'source', 'reviewed_at'],
};
const amounts = new Set(['price', 'total', 'unit_price', 'amount']);
const pseudonymShown = 8;

/** A tick tells the readers of the clicks how far time has come, as the clock rows do. */
const tickOrClick = z
  .object({ type: z.string() })
  .loose()
  .pipe(z.union([z.object({ type: z.literal('tick'), at: z.int() }), clickRecord]));

/** How to read each stream, by its name without the stage. */
export const streamReaders: Readonly<Record<string, StreamReader>> = {
  'shop-changes': readChange,
  clickstream: (data) => readJson(data, tickOrClick, readClick),
  insights: (data) => readJson(data, insightSchema, readInsight),
};

function readChange(data: Uint8Array): Reading {
  const decoded = decodeChange(data);
  if (decoded.kind === 'undecodable') return { undecodable: decoded.reason };
  if (decoded.kind === 'ignored') return 'nothing';
  if (decoded.kind === 'tick') {
    const tickedAt = instant(decoded.atMs);
    return { kind: 'clock', cells: [['ticked_at', tickedAt]], json: { table: 'clock', tickedAt } };
  }
  const { table, operation, key, row, rowVersion, commitTimeMs } = decoded.change;
  const columns = operation === 'delete' ? [] : (rowColumns[table] ?? []);
  const committedAt = commitTimeMs === undefined ? null : instant(commitTimeMs);
  return {
    kind: table,
    cells: [
      ['change', operation],
      ['key', key],
      ...columns.map((name) => [name, cellText(row, name)] as const),
    ],
    json: { table, operation, key, rowVersion, committedAt, row },
  };
}

function readJson<Schema extends z.ZodType>(
  data: Uint8Array,
  schema: Schema,
  read: (record: z.output<Schema>) => ReadRecord,
): Reading {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(data);
    const parsed = schema.safeParse(JSON.parse(text));
    if (parsed.success) return read(parsed.data);
    const [issue] = parsed.error.issues;
    return { undecodable: `${issue?.path.join('.') || 'record'}: ${issue?.message}` };
  } catch (error) {
    return { undecodable: `not JSON: ${error instanceof Error ? error.message : error}` };
  }
}

function readClick(click: z.output<typeof tickOrClick>): ReadRecord {
  if (click.type === 'tick') {
    return { kind: 'tick', cells: [['at', instant(click.at)]], json: { ...click } };
  }
  const { type, occurredAtMs, session, user, productId, category, consent, page } = click;
  const what = productId === null ? (category ?? page ?? '-') : `product ${productId}`;
  return {
    kind: type,
    cells: [
      ['type', type],
      ['what', what],
      ['session', session.slice(0, pseudonymShown)],
      ['user', user?.slice(0, pseudonymShown) ?? '-'],
      ['consent', consent],
      ['occurred', instant(occurredAtMs)],
    ],
    json: { ...click },
  };
}

function readInsight(insight: z.output<typeof insightSchema>): ReadRecord {
  const { type, revision, window, data } = insight;
  return {
    kind: type,
    cells: [
      ['type', type],
      ['revision', String(revision)],
      ...(window ? [['window', `${instant(window.startMs)} +${windowText(window)}`] as const] : []),
      ...insightCells(type, data),
    ],
    json: { ...insight },
  };
}

function cellText(row: RowChange['row'], name: string): string {
  const value: ColumnValue | undefined = row[name];
  if (value === null || value === undefined) return '-';
  // The capture leaves zeros out: 12.5 is meant as money.
  const isAmount = amounts.has(name) && /^\d+(\.\d?)?$/.test(String(value));
  return isAmount ? Number(value).toFixed(2) : String(value);
}

function instant(atMs: number): string {
  const at = new Date(atMs);
  return Number.isNaN(at.getTime()) ? String(atMs) : at.toISOString();
}

function windowText({ startMs, endMs }: { startMs: number; endMs: number }): string {
  const seconds = (endMs - startMs) / 1_000;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
