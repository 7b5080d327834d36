import type { z } from 'zod';

/** A statement, the name under which the server keeps its plan, and the shape of its rows. */
export interface Query<Row> {
  readonly name: string;
  readonly sql: string;
  readonly row: z.ZodType<Row>;
}

/** Runs statements; inside a transaction all on its connection. */
export interface Queries {
  /** Every row, parsed. */
  rows<Row>(query: Query<Row>, params?: readonly unknown[]): Promise<readonly Row[]>;
  /** The first row, if there is one. */
  row<Row>(query: Query<Row>, params?: readonly unknown[]): Promise<Row | undefined>;
}
