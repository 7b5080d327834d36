import { parseArgs } from 'node:util';
import { type Place, placeOptions, placeUsage } from '../options/place.ts';

/** What the command is asked to do. */
export interface QueryOptions extends Place {
  /** A statement, or undefined to read it from standard input. */
  readonly sql: string | undefined;
  readonly file: string | undefined;
  /** `''` lists the saved queries, a name runs one; undefined is neither. */
  readonly saved: string | undefined;
  readonly format: 'table' | 'json' | 'csv';
  readonly database: string | undefined;
  readonly workgroup: string | undefined;
}

export const usage = `Asks the lake, in Athena's SQL.

  npm run query -- "select count(*) from orders"
  npm run query -- -f question.sql        from a file
  npm run query < question.sql            from standard input
  npm run query -- --saved                lists saved queries
  npm run query -- --saved NAME           runs one

  --json            an array of objects; NULL is null, values are text as Athena prints them
  --csv             comma-separated values; NULL is nothing, an empty text is ""
  --database NAME   another database
  --workgroup NAME  another workgroup
${placeUsage(16)}`;

/** @throws Error for arguments that do not fit together; `'help'` when help is asked for. */
export function parseQueryOptions(args: readonly string[]): QueryOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      file: { type: 'string', short: 'f' },
      saved: { type: 'boolean' },
      json: { type: 'boolean' },
      csv: { type: 'boolean' },
      database: { type: 'string' },
      workgroup: { type: 'string' },
      ...placeOptions,
    },
  });
  if (values.help) return 'help';
  if (values.json && values.csv) throw wrong('--json and --csv exclude each other', '--json --csv');
  if (positionals.length > 1) {
    throw wrong('one statement is expected, in quotation marks', positionals.join(' '));
  }
  const [argument] = positionals;
  if (values.file !== undefined && (argument !== undefined || values.saved)) {
    throw wrong('a file excludes another statement', `-f ${values.file}`);
  }
  return {
    sql: values.saved ? undefined : argument,
    file: values.file,
    saved: values.saved ? (argument ?? '') : undefined,
    format: values.json ? 'json' : values.csv ? 'csv' : 'table',
    aws: values.aws,
    stage: values.stage,
    database: values.database,
    workgroup: values.workgroup,
    data: values.data,
  };
}

function wrong(what: string, received: string): Error {
  return new Error(`Cannot run query: ${what}: received ${received}`);
}
