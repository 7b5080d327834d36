import { Dialect, transpile } from '@polyglot-sql/sdk';
import { notSupported } from '../errors.ts';
import { checkTree } from './check-tree.ts';
import { qualifyTables, type TableName } from './qualify-tables.ts';
import { rewriteTokens } from './rewrite-tokens.ts';
import { rewriteAverages, rewriteNode, unplacedColumn } from './rewrite-tree.ts';
import { mapTree, parseTrino, trinoSqlOf } from './tree.ts';

/** A query in DuckDB's words. */
export interface DuckDbQuery {
  readonly sql: string;
  /** The tables it reads, to be mounted before it runs. */
  readonly tables: readonly TableName[];
}

/**
 * Translates a query from Athena's SQL (Trino) to DuckDB's. What is not known to give the same
 * result is refused: functions, kinds of expression and clauses stand on lists.
 *
 * @param database where tables named without a database are.
 * @throws QueryError NOT_SUPPORTED naming the construct, or SYNTAX_ERROR.
 */
export function toDuckDb(sql: string, database: string): DuckDbQuery {
  const tree = parseTrino(rewriteTokens(sql));
  checkTree(tree);
  const qualified = qualifyTables(tree, database);
  const rewritten = rewriteAverages(mapTree(qualified.tree, rewriteNode));
  const translated = transpile(trinoSqlOf(rewritten), Dialect.Trino, Dialect.DuckDB, {
    unsupportedLevel: 'raise',
  });
  const text = translated.sql?.[0];
  if (!translated.success || text === undefined) {
    throw notSupported(`This statement (${translated.error ?? 'it cannot be translated'})`);
  }
  return { sql: text, tables: qualified.tables };
}

/** The names of a result's columns as Athena gives them. */
export function resultNames(names: readonly string[]): string[] {
  return names.map((name, place) => {
    if (name.startsWith(unplacedColumn)) return `_col${place}`;
    // A bare VALUES has the names col0, col1, … in DuckDB.
    return /^col\d+$/.test(name) && name === `col${place}` ? `_col${place}` : name;
  });
}
