/** Asked to go on later: nothing is wrong with the records, they are to be brought again. */
export class NotYetError extends Error {
  override readonly name: string = 'NotYetError';
  readonly retriable = true;
}

/** The shard is so far ahead of what holds the watermark that no more of it can be kept open. */
export class HeldError extends NotYetError {
  override readonly name = 'HeldError';
}

/** Batches passed by while the job was stopped: what lies between is to be committed first. */
export class BehindError extends Error {
  override readonly name = 'BehindError';
  readonly retriable = true;
}

/** State was written by another version of the engine: a new generation starts beside it. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
  readonly retriable = false;
}
