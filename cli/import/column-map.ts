/** What an import knows how to use, and what files call it. */
export interface ImportField {
  readonly name: string;
  readonly needed?: boolean;
  /** Other names of its column; upper and lower case, blanks and underscores make no difference. */
  readonly aliases?: readonly string[];
}

interface Asked {
  readonly to: string;
  readonly option: string;
}

/**
 * Finds the column of each field: as `--map field=Column` says, else by its name or an alias.
 *
 * @param maps texts like `price=UnitPrice`.
 * @param asked by which command and option.
 * @returns the column by field; a field without one is missing.
 * @throws Error that tells what is missing and what was found.
 */
export function columnsOf<Field extends string>(
  fields: readonly (ImportField & { readonly name: Field })[],
  columns: readonly string[],
  maps: readonly string[] = [],
  asked: Asked = { to: 'import', option: '--map' },
): Partial<Record<Field, string>> {
  const told = new Map(maps.map((text) => pairOf(text, fields, columns, asked)));
  const byName = new Map(columns.map((column) => [plain(column), column]));
  const found: Partial<Record<Field, string>> = {};
  for (const { name, aliases = [] } of fields) {
    const column =
      told.get(name) ?? [name, ...aliases].map((each) => byName.get(plain(each))).find(Boolean);
    if (column !== undefined) found[name] = column;
  }
  const missing = fields.filter(({ name, needed }) => needed && found[name] === undefined);
  if (missing.length === 0) return found;
  const names = missing.map(({ name }) => name).join(', ');
  throw new Error(
    `Cannot ${asked.to}: no column for ${names}; name it with ${asked.option} ${missing[0]?.name}=Column: received columns ${columns.join(', ')}`,
  );
}

function pairOf(
  text: string,
  fields: readonly ImportField[],
  columns: readonly string[],
  { to, option }: Asked,
): readonly [string, string] {
  const [, field = '', column = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (!fields.some(({ name }) => name === field)) {
    const known = fields.map(({ name }) => name).join(', ');
    throw new Error(
      `Cannot ${to}: ${option} takes field=Column, with a field of ${known}: received "${text}"`,
    );
  }
  if (columns.includes(column)) return [field, column];
  throw new Error(
    `Cannot ${to}: the file has no column "${column}", only ${columns.join(', ')}: received ${option} "${text}"`,
  );
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '');
}
