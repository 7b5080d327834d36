import type { Query } from '../../../shared/sql/query.ts';
import type { List } from '../list.ts';

/** Which column a field of the body is written to. */
export type Columns = Readonly<Record<string, string>>;

interface Statement<Row> {
  readonly query: Query<Row>;
  readonly params: readonly unknown[];
}

/** Adds a row of the given fields; what is not given has the table's default. */
export function insertRow<Row>(list: List<Row>, columns: Columns, body: object): Statement<Row> {
  const given = fieldsOf(columns, body);
  const names = given.map(([column]) => column).join(', ');
  const places = given.map((_, index) => `$${index + 1}`).join(', ');
  const sql = `insert into ${list.from} (${names}) values (${places}) returning ${list.columns}`;
  return { query: { name: '', sql, row: list.row }, params: given.map(([, value]) => value) };
}

/** Writes the given fields of a row. */
export function updateRow<Row>(
  list: List<Row>,
  columns: Columns,
  id: number,
  body: object,
): Statement<Row> {
  const given = fieldsOf(columns, body);
  const sets = given.map(([column], index) => `${column} = $${index + 2}`).join(', ');
  const sql = `update ${list.from} set ${sets} where id = $1 returning ${list.columns}`;
  const params = [id, ...given.map(([, value]) => value)];
  return { query: { name: '', sql, row: list.row }, params };
}

/**
 * The row as it is, and stays until the transaction ends.
 *
 * @param ownerId only if it is this customer's; null: anyone's.
 */
export function lockRow<Row>(list: List<Row>, id: number, ownerId: number | null): Statement<Row> {
  const owned = list.owner === undefined || ownerId === null ? '' : ` and ${list.owner} = $2`;
  const sql = `select ${list.columns} from ${list.from} where id = $1${owned} for no key update`;
  const params = owned === '' ? [id] : [id, ownerId];
  return { query: { name: '', sql, row: list.row }, params };
}

function fieldsOf(columns: Columns, body: object): readonly [column: string, value: unknown][] {
  return Object.entries(body).flatMap(([field, value]): [string, unknown][] => {
    const column = columns[field];
    return column === undefined || value === undefined ? [] : [[column, value]];
  });
}
