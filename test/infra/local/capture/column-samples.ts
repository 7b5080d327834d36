/** A column as information_schema describes it. */
export interface ColumnInfo {
  readonly table_schema: string;
  readonly table_name: string;
  readonly column_name: string;
  readonly data_type: string;
  readonly character_maximum_length: number | null;
  readonly numeric_precision: number | null;
  readonly numeric_scale: number | null;
  readonly is_nullable: 'YES' | 'NO';
}

/** A value as it is written into PostgreSQL, and the JSON text that the capture writes of it. */
export interface Sample {
  readonly sql: string | null;
  readonly json: string;
}

const plain = (...texts: readonly string[]): readonly Sample[] =>
  texts.map((text) => ({ sql: text, json: text }));

/** The hardest characters to carry: quotes, escapes, controls, four bytes, joined and turned ones. */
const hardText = '"\\\n\t\u0001\u2028é😀👩‍👧ש\u200f%{}[]&<>null ';

const texts = (lengthMax: number): readonly Sample[] => {
  const hard = Array.from(hardText.repeat(Math.ceil(lengthMax / 10)));
  const long = hard.slice(0, lengthMax).join('').trimEnd();
  return ['', 'null'.slice(0, lengthMax), long].map((text) => ({
    sql: text,
    json: JSON.stringify(text),
  }));
};

const decimals = (precision: number, scale: number): readonly Sample[] => {
  const whole = '9'.repeat(precision - scale);
  return plain(
    `${whole}.${'9'.repeat(scale)}`,
    `-${whole}.${'9'.repeat(scale)}`,
    `0.${'1'.padStart(scale, '0')}`,
    `0.${'0'.repeat(scale)}`,
    `1.${'5'.padEnd(scale, '0')}`,
  );
};

const instants: readonly Sample[] = [
  { sql: '2026-02-28 23:59:59.999999+05:30', json: '"2026-02-28T18:29:59.999999Z"' },
  { sql: '2000-02-29 00:00:00+00', json: '"2000-02-29T00:00:00Z"' },
  { sql: '1969-12-31 19:00:00.5-05', json: '"1970-01-01T00:00:00.500000Z"' },
  { sql: '9999-12-31 23:59:59.000001+00', json: '"9999-12-31T23:59:59.000001Z"' },
];

/**
 * The values of a column's type that are hardest to carry, NULL among them where it may stand.
 *
 * @throws Error for a type nobody has thought about: what DMS makes of it must be found out first.
 */
export function samplesOf(column: ColumnInfo): readonly Sample[] {
  const samples = typeSamples(column);
  return column.is_nullable === 'YES' ? [...samples, { sql: null, json: 'null' }] : samples;
}

function typeSamples(column: ColumnInfo): readonly Sample[] {
  const { data_type: type, numeric_precision: precision, numeric_scale: scale } = column;
  switch (type) {
    case 'bigint':
      return plain('9223372036854775807', '-9223372036854775808', '9007199254740993', '0');
    case 'integer':
      return plain('2147483647', '-2147483648', '0');
    case 'smallint':
      return plain('32767', '-32768', '0');
    case 'boolean':
      return plain('true', 'false');
    case 'numeric':
      if (precision && scale) return decimals(precision, scale);
      break;
    case 'character varying':
      if (column.character_maximum_length) return texts(column.character_maximum_length);
      break;
    case 'timestamp with time zone':
      return instants;
  }
  throw new Error(
    `Cannot choose values: nobody has said how DMS writes this type: received ${type} of ${column.table_name}.${column.column_name}`,
  );
}

/** What is written into columns that stay inside; it must be found nowhere outside. */
export const secret = 'pssst';
/** The same as PostgreSQL prints bytes. */
export const secretBytes = Buffer.from(secret).toString('hex');

/** A value for a column that stays inside, the secret wherever the type can hold it. */
export function secretFor({ data_type: type, character_maximum_length: max }: ColumnInfo): string {
  if (type === 'bytea') return `\\x${secretBytes}`;
  if (type === 'character varying' || type === 'text') return secret.slice(0, max ?? undefined);
  if (type === 'boolean') return 'true';
  if (type === 'date' || type.startsWith('timestamp')) return '2026-01-01';
  if (type === 'json' || type === 'jsonb') return JSON.stringify({ secret });
  if (type === 'uuid') return '70737373-7400-4000-8000-000000000000';
  return '7';
}
