/** Whether a command line was not understood: options that nobody knows, or without their value. */
export function isMisread(error: unknown): error is TypeError {
  return (
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  );
}

/** What went wrong, in one message for people and without a stack. */
export function failureText(error: unknown): string {
  if (isMisread(error)) {
    // Behind the first sentence stands advice for odd cases.
    const [sentence = ''] = error.message.split(/\. |\n/);
    const said = sentence
      .replace(/^./, (letter) => letter.toLowerCase())
      // What stands behind it begins with a dash: it is taken for the next option.
      .replace(/argument is ambiguous\.?$/, 'argument missing');
    return `Cannot read options: ${said}; --help tells them`;
  }
  if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED' && error.message) {
    return `Cannot go on: nothing answers any more; has npm start ended?: received ${error.message}`;
  }
  // A connection that is refused at every address of a name has no message of its own.
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(failureText).join('; ');
  }
  return error instanceof Error ? error.message || error.name : String(error);
}
