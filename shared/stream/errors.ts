/** Asked to go on later: nothing is wrong with the records, they are to be brought again. */
export class NotYetError extends Error {
  override readonly name = 'NotYetError';
  readonly retriable = true;
}

/** State was written by another version of the engine: a new generation starts beside it. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
  readonly retriable = false;
}
