/** What stands in a stored view's `ViewExpandedText`. */
export const storedViewMarker = '/* Presto View */';

/** A view as Athena keeps it in Glue: SQL, the catalogue and database it resolves names in, its columns. */
interface StoredView {
  readonly database: string;
  readonly sql: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/**
 * The text to store as `ViewOriginalText` of a Glue table of type `VIRTUAL_VIEW`, so that Athena
 * takes the table for a view made by `CREATE VIEW`; beside it stand `storedViewMarker` as
 * `ViewExpandedText` and the table parameter `presto_view` = `true`. The encoding is the one of
 * Trino's Hive connector (`ViewReaderUtil`): a comment around base64 of a JSON document.
 */
export function viewText({ database, sql, columns }: StoredView): string {
  const document = {
    originalSql: sql,
    catalog: 'awsdatacatalog',
    schema: database,
    columns: columns.map(({ name, type }) => ({ name, type: trinoType(type) })),
  };
  return `/* Presto View: ${Buffer.from(JSON.stringify(document)).toString('base64')} */`;
}

function trinoType(glueType: string): string {
  if (glueType === 'string') return 'varchar';
  if (glueType === 'int') return 'integer';
  if (glueType === 'array<double>') return 'array(double)';
  return glueType === 'timestamp' ? 'timestamp(3)' : glueType;
}
