/** A value of a captured column as JSON gives it; numbers that a double cannot hold stay text. */
export type ColumnValue = string | number | boolean | null;

/** One change of one row, as the capture saw it. */
export interface RowChange {
  readonly table: string;
  /** `load` comes from a full load: the row existed before the capture began. */
  readonly operation: 'load' | 'insert' | 'update' | 'delete';
  /** Value of the primary key, as text. */
  readonly key: string;
  /** Raised by a trigger with every update; with table and key the identity of this change. */
  readonly rowVersion: number;
  /** A delete carries the key alone, other columns null. */
  readonly row: Readonly<Record<string, ColumnValue>>;
  /** When the transaction committed, epoch milliseconds; absent for `load`. */
  readonly commitTimeMs: number | undefined;
  /** `table|key|rowVersion`, with `|d` behind it for a delete: equal for every repeat of this change. */
  readonly eventId: string;
}
