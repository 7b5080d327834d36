import { duckDbType } from './column-types.ts';
import { nextSolid, type Token, tokenize } from './dialect/tokens.ts';
import { notSupported, QueryError } from './errors.ts';

/** A name as a statement gives it, lower case. */
export interface StatementName {
  readonly database: string | undefined;
  readonly name: string;
}

export interface StatementColumn {
  readonly name: string;
  readonly type: string;
}

/** What a statement asks for. Queries go to the engine, the rest is answered by the catalogue. */
export type Statement =
  | { readonly kind: 'query'; readonly sql: string }
  | { readonly kind: 'show-databases'; readonly pattern: string | undefined }
  | {
      readonly kind: 'show-tables';
      readonly database: string | undefined;
      readonly pattern: string | undefined;
      readonly viewsOnly: boolean;
    }
  | {
      readonly kind: 'show-columns' | 'describe' | 'show-partitions' | 'show-create' | 'repair';
      readonly table: StatementName;
    }
  | { readonly kind: 'create-database'; readonly name: string; readonly ifNotExists: boolean }
  | {
      readonly kind: 'create-table';
      readonly table: StatementName;
      readonly ifNotExists: boolean;
      readonly columns: readonly StatementColumn[];
      readonly partitionKeys: readonly StatementColumn[];
      readonly location: string;
    }
  | {
      readonly kind: 'create-view';
      readonly table: StatementName;
      readonly orReplace: boolean;
      readonly sql: string;
    }
  | {
      readonly kind: 'drop';
      readonly table: StatementName;
      readonly view: boolean;
      readonly ifExists: boolean;
    };

/**
 * Reads a statement. DDL is read here and not by the translator, which would drop LOCATION and
 * partitions from it.
 *
 * @throws QueryError NOT_SUPPORTED for a statement that is not played, SYNTAX_ERROR for a broken one.
 */
export function parseStatement(sql: string): Statement {
  const reader = new Reader(withoutEnd(tokenize(sql)));
  if (reader.is('(') || reader.isWord('select', 'with', 'values')) {
    return { kind: 'query', sql: reader.rest() };
  }
  if (reader.take('show')) return parseShow(reader);
  if (reader.take('describe', 'desc')) {
    reader.take('formatted', 'extended');
    return reader.last({ kind: 'describe', table: reader.name() });
  }
  if (reader.take('msck')) {
    reader.expect('repair');
    reader.expect('table');
    return reader.last({ kind: 'repair', table: reader.name() });
  }
  if (reader.take('create')) return parseCreate(reader);
  if (reader.take('drop')) {
    const view = reader.take('view');
    if (!view && !reader.take('table')) throw notSupported(`DROP ${reader.words(1)}`);
    const ifExists = reader.take('if') && reader.expect('exists');
    return reader.last({ kind: 'drop', view, ifExists, table: reader.name() });
  }
  throw notSupported(`The statement ${reader.words(1)}`);
}

/** What `StatementType` says of a statement, from its first word: comments before it do not count. */
export function statementType(sql: string): 'DML' | 'DDL' | 'UTILITY' {
  const first = sql.replace(/^(?:\s+|\(|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '');
  if (/^(select|with|values)\b/i.test(first)) return 'DML';
  return /^(create|drop|alter|msck)\b/i.test(first) ? 'DDL' : 'UTILITY';
}

function parseShow(reader: Reader): Statement {
  if (reader.take('databases', 'schemas')) {
    if (reader.take('in', 'from')) reader.name();
    const pattern = reader.take('like') || reader.isKind('string') ? reader.string() : undefined;
    return reader.last({ kind: 'show-databases', pattern });
  }
  const viewsOnly = reader.isWord('views');
  if (reader.take('tables', 'views')) {
    const database = reader.take('in', 'from') ? reader.name().name : undefined;
    const pattern = reader.take('like') || reader.isKind('string') ? reader.string() : undefined;
    return reader.last({ kind: 'show-tables', database, pattern, viewsOnly });
  }
  if (reader.take('columns')) {
    if (!reader.take('in', 'from')) throw reader.wrong('IN or FROM');
    return reader.last({ kind: 'show-columns', table: reader.name() });
  }
  if (reader.take('partitions'))
    return reader.last({ kind: 'show-partitions', table: reader.name() });
  if (reader.take('create')) {
    if (!reader.take('table', 'view')) throw reader.wrong('TABLE or VIEW');
    return reader.last({ kind: 'show-create', table: reader.name() });
  }
  throw notSupported(`SHOW ${reader.words(1)}`);
}

function parseCreate(reader: Reader): Statement {
  if (reader.take('database', 'schema')) {
    const ifNotExists = takeIfNotExists(reader);
    const { name } = reader.name();
    // COMMENT, LOCATION and WITH change nothing about what can be asked.
    return { kind: 'create-database', name, ifNotExists };
  }
  const orReplace = reader.take('or') && reader.expect('replace');
  if (reader.take('view')) {
    const table = reader.name();
    reader.expect('as');
    return { kind: 'create-view', table, orReplace, sql: reader.rest() };
  }
  if (!reader.take('external'))
    throw notSupported(`CREATE ${reader.words(1)} other than EXTERNAL TABLE`);
  reader.expect('table');
  const ifNotExists = takeIfNotExists(reader);
  const table = reader.name();
  const columns = parseColumns(reader);
  let partitionKeys: StatementColumn[] = [];
  let location: string | undefined;
  while (!reader.atEnd()) {
    if (reader.take('partitioned')) {
      reader.expect('by');
      partitionKeys = parseColumns(reader);
    } else if (reader.take('stored')) {
      reader.expect('as');
      if (!reader.take('parquet')) throw notSupported(`STORED AS ${reader.words(1)}`);
    } else if (reader.take('location')) {
      location = reader.string();
    } else if (reader.take('tblproperties')) {
      reader.skipParentheses();
    } else if (reader.take('comment')) {
      reader.string();
    } else {
      throw notSupported(`CREATE EXTERNAL TABLE with ${reader.words(2)}`);
    }
  }
  if (location === undefined || !/^s3:\/\/[^/]+\/.*$/.test(location)) {
    throw new QueryError(
      'SYNTAX_ERROR',
      "CREATE EXTERNAL TABLE needs LOCATION 's3://bucket/folder/'",
    );
  }
  return { kind: 'create-table', table, ifNotExists, columns, partitionKeys, location };
}

function takeIfNotExists(reader: Reader): boolean {
  return reader.take('if') && reader.expect('not') && reader.expect('exists');
}

function parseColumns(reader: Reader): StatementColumn[] {
  const columns: StatementColumn[] = [];
  reader.expectSymbol('(');
  do {
    const { name } = reader.name();
    let type = reader.word();
    if (reader.is('(')) type += reader.skipParentheses();
    if (reader.take('comment')) reader.string();
    duckDbType(type);
    columns.push({ name, type: type.toLowerCase() });
  } while (reader.takeSymbol(','));
  reader.expectSymbol(')');
  return columns;
}

function withoutEnd(tokens: readonly Token[]): Token[] {
  let end = tokens.length;
  while (end > 0 && (tokens[end - 1]?.kind === 'space' || tokens[end - 1]?.text === ';')) end -= 1;
  return tokens.slice(0, end);
}

/** Walks over tokens, word by word. */
class Reader {
  readonly #tokens: readonly Token[];
  #at: number;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
    this.#at = nextSolid(tokens, 0);
  }

  atEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  is(symbol: string): boolean {
    return this.#tokens[this.#at]?.text === symbol;
  }

  isKind(kind: Token['kind']): boolean {
    return this.#tokens[this.#at]?.kind === kind;
  }

  isWord(...words: readonly string[]): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'word' && words.includes(token.text.toLowerCase());
  }

  take(...words: readonly string[]): boolean {
    if (!this.isWord(...words)) return false;
    this.#next();
    return true;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.is(symbol)) return false;
    this.#next();
    return true;
  }

  expect(word: string): true {
    if (!this.take(word)) throw this.wrong(word.toUpperCase());
    return true;
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.wrong(symbol);
  }

  word(): string {
    if (!this.isKind('word')) throw this.wrong('a word');
    return this.#next();
  }

  string(): string {
    if (!this.isKind('string')) throw this.wrong('a text');
    return this.#next().slice(1, -1).replaceAll("''", "'");
  }

  /** `table`, `database.table` or `catalog.database.table`. */
  name(): StatementName {
    const parts: string[] = [];
    do {
      if (!this.isKind('word') && !this.isKind('quoted')) throw this.wrong('a name');
      parts.push(
        this.#next()
          .replace(/^["`]|["`]$/g, '')
          .toLowerCase(),
      );
    } while (this.takeSymbol('.'));
    return { database: parts.at(-2), name: parts.at(-1) ?? '' };
  }

  skipParentheses(): string {
    let depth = 0;
    let text = '';
    do {
      if (this.atEnd()) throw this.wrong(')');
      if (this.is('(')) depth += 1;
      if (this.is(')')) depth -= 1;
      text += this.#next();
    } while (depth > 0);
    return text;
  }

  /** The statement, if nothing follows it. */
  last(statement: Statement): Statement {
    if (!this.atEnd()) throw this.wrong('the end of the statement');
    return statement;
  }

  rest(): string {
    return this.#tokens
      .slice(this.#at)
      .map(({ text }) => text)
      .join('');
  }

  words(count: number): string {
    const words = this.#tokens.slice(this.#at).filter(({ kind }) => kind !== 'space');
    return words
      .slice(0, count)
      .map(({ text }) => text.toUpperCase())
      .join(' ');
  }

  wrong(expected: string): QueryError {
    return new QueryError(
      'SYNTAX_ERROR',
      `${expected} is expected: received ${JSON.stringify(this.words(3))}`,
    );
  }

  #next(): string {
    const { text = '' } = this.#tokens[this.#at] ?? {};
    this.#at = nextSolid(this.#tokens, this.#at + 1);
    return text;
  }
}
