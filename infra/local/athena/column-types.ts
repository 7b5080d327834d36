import { notSupported } from './errors.ts';

/** The DuckDB type of a Glue column. @throws QueryError NOT_SUPPORTED */
export function duckDbType(glueType: string): string {
  const type = glueType.trim().toLowerCase();
  const simple: Readonly<Record<string, string>> = {
    string: 'VARCHAR',
    boolean: 'BOOLEAN',
    tinyint: 'TINYINT',
    smallint: 'SMALLINT',
    int: 'INTEGER',
    integer: 'INTEGER',
    bigint: 'BIGINT',
    float: 'FLOAT',
    double: 'DOUBLE',
    date: 'DATE',
    timestamp: 'TIMESTAMP',
    binary: 'BLOB',
  };
  const known = simple[type];
  if (known !== undefined) return known;
  if (/^(varchar|char)\(\d+\)$/.test(type)) return 'VARCHAR';
  if (/^decimal\(\d+,\s*\d+\)$/.test(type)) return type.toUpperCase();
  throw notSupported(`Column type ${glueType}`);
}

/** The Athena type of a DuckDB result column, as `ColumnInfo` tells it. */
export function athenaType(duckDb: string): { type: string; precision: number; scale: number } {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(duckDb);
  if (decimal) return { type: 'decimal', precision: Number(decimal[1]), scale: Number(decimal[2]) };
  const found: readonly [string, number] = types[duckDb] ?? nested(duckDb);
  return { type: found[0], precision: found[1], scale: 0 };
}

const textMax = 2_147_483_647;

const types: Readonly<Record<string, readonly [type: string, precision: number]>> = {
  BOOLEAN: ['boolean', 0],
  TINYINT: ['tinyint', 3],
  SMALLINT: ['smallint', 5],
  INTEGER: ['integer', 10],
  BIGINT: ['bigint', 19],
  UBIGINT: ['bigint', 19],
  HUGEINT: ['bigint', 19],
  FLOAT: ['float', 17],
  DOUBLE: ['double', 17],
  DATE: ['date', 0],
  TIME: ['time', 3],
  TIMESTAMP: ['timestamp', 3],
  TIMESTAMP_MS: ['timestamp', 3],
  'TIMESTAMP WITH TIME ZONE': ['timestamp with time zone', 3],
  INTERVAL: ['interval day to second', 0],
  BLOB: ['varbinary', textMax],
  JSON: ['json', textMax],
};

function nested(duckDb: string): readonly [string, number] {
  if (duckDb.endsWith('[]')) return ['array', 0];
  if (duckDb.startsWith('MAP(')) return ['map', 0];
  if (duckDb.startsWith('STRUCT(')) return ['row', 0];
  return ['varchar', textMax];
}
