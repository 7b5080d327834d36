/** The capture cannot go on, and trying again would not help; a person must change something. */
export class UnrecoverableError extends Error {
  override readonly name = 'UnrecoverableError';
}
