import { Dialect, generate, parse } from '@polyglot-sql/sdk';
import { QueryError } from '../errors.ts';

/** The parsed statement as the translator gives it: plain JSON, each node an object `{ kind: data }`. */
export type Tree = string | number | boolean | null | readonly Tree[] | Fields;
export interface Fields {
  readonly [name: string]: Tree;
}

/** @throws QueryError SYNTAX_ERROR with what the parser said. */
export function parseTrino(sql: string): Tree {
  const parsed = parse(sql, Dialect.Trino);
  if (!parsed.success) {
    throw new QueryError('SYNTAX_ERROR', parsed.error ?? 'the statement cannot be read');
  }
  const statements: unknown = parsed.ast;
  if (!Array.isArray(statements) || statements.length !== 1) {
    throw new QueryError('SYNTAX_ERROR', 'Only one sql statement is allowed');
  }
  // Once through text, so that it is plain JSON whatever the parser's objects are.
  const tree: Tree = JSON.parse(JSON.stringify(statements[0]));
  return tree;
}

/** The SQL of a tree, again in Trino's words. */
export function trinoSqlOf(tree: Tree): string {
  const generated = generate([tree], Dialect.Trino);
  const sql = generated.sql?.[0];
  if (!generated.success || sql === undefined) {
    throw new QueryError(
      'INTERNAL_ERROR',
      generated.error ?? 'the statement cannot be written again',
    );
  }
  return sql;
}

export function isFields(tree: Tree | undefined): tree is Fields {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree);
}

/** The kind and data of a node; undefined for anything else. */
export function nodeOf(tree: Tree | undefined): { kind: string; data: Fields } | undefined {
  if (!isFields(tree)) return undefined;
  const [first, ...others] = Object.entries(tree);
  if (!first || others.length > 0) return undefined;
  const [kind, data] = first;
  return isFields(data) ? { kind, data } : undefined;
}

/** Rebuilds a tree from its leaves: `change` sees each object with its members already changed. */
export function mapTree(tree: Tree, change: (fields: Fields) => Tree): Tree {
  if (Array.isArray(tree)) return tree.map((member) => mapTree(member, change));
  if (!isFields(tree)) return tree;
  return change(
    Object.fromEntries(
      Object.entries(tree).map(([name, member]) => [name, mapTree(member, change)]),
    ),
  );
}

const templates = new Map<string, Tree>();

/**
 * The expression of a template whose columns `_1`, `_2`, … are replaced by trees:
 * `expression('trino_divide(_1, _2)', a, b)`.
 */
export function expression(template: string, ...parts: readonly Tree[]): Tree {
  let tree = templates.get(template);
  if (tree === undefined) {
    const select = nodeOf(parseTrino(`SELECT ${template}`));
    const expressions = select?.data['expressions'];
    const first: Tree = Array.isArray(expressions) ? (expressions[0] ?? null) : null;
    templates.set(template, first);
    tree = first;
  }
  return mapTree(tree, (fields) => {
    const name = isFields(fields['column']) ? textOf(fields['column']['name']) : '';
    const place = /^_(\d)$/.exec(name)?.[1];
    return place === undefined ? fields : (parts[Number(place) - 1] ?? null);
  });
}

/** The text of an identifier, lower case unless it was quoted. */
export function textOf(identifier: Tree | undefined): string {
  const name = isFields(identifier) ? identifier['name'] : undefined;
  if (typeof name !== 'string') return '';
  return isFields(identifier) && identifier['quoted'] === true ? name : name.toLowerCase();
}
