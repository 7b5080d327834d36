import { notSupported, QueryError } from '../errors.ts';
import { type Fields, isFields, type Tree, textOf } from './tree.ts';

/** A table or view that a statement reads. */
export interface TableName {
  readonly database: string;
  readonly name: string;
}

/** Tables found so far, by `database.name`. */
type Found = Map<string, TableName>;

/** The one catalogue of Athena that is played. */
const catalogName = 'awsdatacatalog';

/**
 * Gives every table of a statement its database, so that nothing depends on what is current where
 * the statement runs. Names that a WITH defines are left alone where it is in force.
 *
 * @param database where names without one are looked for.
 */
export function qualifyTables(
  tree: Tree,
  database: string,
): { readonly tree: Tree; readonly tables: readonly TableName[] } {
  const found: Found = new Map();
  const qualified = qualify(tree, database, new Set(), found);
  return { tree: qualified, tables: [...found.values()] };
}

function qualify(tree: Tree, database: string, defined: ReadonlySet<string>, found: Found): Tree {
  if (Array.isArray(tree)) return tree.map((member) => qualify(member, database, defined, found));
  if (!isFields(tree)) return tree;
  const clause = tree['with'];
  const ctes = isFields(clause) && Array.isArray(clause['ctes']) ? clause['ctes'] : [];
  const inForce = new Set(defined);
  const definitions = ctes.map((cte) => {
    const name = isFields(cte) ? textOf(cte['alias']).toLowerCase() : '';
    // A definition sees those before it, and itself where it may be recursive.
    if (isFields(clause) && clause['recursive'] === true) inForce.add(name);
    const body = qualify(cte, database, new Set(inForce), found);
    inForce.add(name);
    return body;
  });
  const members = Object.entries(tree).map(([name, member]): [string, Tree] => {
    if (name === 'with' && isFields(clause)) return [name, { ...clause, ctes: definitions }];
    if (name === 'table' && isFields(member) && 'schema' in member) {
      return [name, qualifyTable(member, database, inForce, found)];
    }
    return [name, qualify(member, database, inForce, found)];
  });
  return Object.fromEntries(members);
}

function qualifyTable(
  table: Fields,
  database: string,
  defined: ReadonlySet<string>,
  found: Found,
): Tree {
  const name = textOf(table['name']).toLowerCase();
  const schema = textOf(table['schema']).toLowerCase();
  const catalog = textOf(table['catalog']).toLowerCase();
  if (schema === '' && defined.has(name)) return table;
  if (catalog !== '' && catalog !== catalogName) {
    throw new QueryError('CATALOG_NOT_FOUND', `Catalog '${catalog}' does not exist`);
  }
  if (schema === 'information_schema') throw notSupported('information_schema');
  const place = { database: schema || database, name };
  found.set(`${place.database}.${name}`, place);
  // A table is also a name for its columns: the alias keeps `orders.id` valid.
  const alias = isFields(table['alias']) ? table['alias'] : identifier(name);
  return {
    ...table,
    catalog: null,
    schema: identifier(place.database),
    name: identifier(name),
    alias,
  };
}

function identifier(name: string): Fields {
  return { name, quoted: true, trailing_comments: [] };
}
