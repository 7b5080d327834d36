/** A statement that cannot be run, in the words that Athena would use where it would refuse it, too. */
export class QueryError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.name = 'QueryError';
    this.code = code;
  }
}

/** Something that Athena may know and the local engine does not: refused rather than guessed. */
export function notSupported(what: string): QueryError {
  return new QueryError(
    'NOT_SUPPORTED',
    `${what} is not supported by the local Athena; docs/reference/athena-locally.md lists what is`,
  );
}
