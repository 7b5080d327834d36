/** Finds the values of the partition keys in one record. */
export type PartitionQuery = (record: unknown) => Readonly<Record<string, string>>;

const query = /^\s*\{(.*)\}\s*$/s;
const entry = /^\s*(?:"([\w-]+)"|([\w-]+))\s*:\s*((?:\.[A-Za-z_]\w*)+)\s*$/;

/**
 * Reads the jq query of a `MetadataExtraction` processor. Of jq this understands an object of field
 * paths, `{month: ._partition, kind: .event.kind}`, and refuses the rest.
 *
 * @throws Error that names what it does not understand.
 */
export function parsePartitionQuery(text: string): PartitionQuery {
  const entries = query.exec(text)?.[1]?.split(',') ?? [text];
  const paths = entries.map((part) => {
    const [, quoted, bare, path] = entry.exec(part) ?? [];
    const key = quoted ?? bare;
    if (key === undefined || path === undefined) {
      throw new Error(
        `Cannot read MetadataExtractionQuery: only an object of field paths such as {key: .field} can be played here: received ${JSON.stringify(part.trim())}`,
      );
    }
    return { key, fields: path.slice(1).split('.') };
  });
  return (record) =>
    Object.fromEntries(paths.map(({ key, fields }) => [key, valueAt(record, key, fields)]));
}

function valueAt(record: unknown, key: string, fields: readonly string[]): string {
  let value = record;
  for (const field of fields) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, field)
        ? Object.entries(value).find(([name]) => name === field)?.[1]
        : undefined;
  }
  // Firehose refuses records whose partition value is null, empty or not a scalar.
  if ((typeof value !== 'string' && typeof value !== 'number') || value === '') {
    throw new RangeError(
      `Cannot find partition key ${key}: .${fields.join('.')} is ${JSON.stringify(value) ?? 'absent'}`,
    );
  }
  return String(value);
}
