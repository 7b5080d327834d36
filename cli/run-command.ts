export interface CommandOptions {
  /** Exit code of a command that fails. @default 1 */
  readonly failureCode?: number;
  /**
   * Whether the command ends, without failing, when whoever reads its output has seen enough, as
   * head does. Else it goes on: an import is not left in the middle. @default false
   */
  readonly endsWithReader?: boolean;
}

/** A command line that nobody understands. */
const usageCode = 2;

/**
 * Runs a command of `npm run`: what goes wrong is one message on standard error, never a stack.
 *
 * @param main resolves to the exit code.
 */
export async function runCommand(
  main: () => Promise<number>,
  { failureCode = 1, endsWithReader = false }: CommandOptions = {},
): Promise<void> {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') process.exit(failureCode);
    if (endsWithReader) process.exit(0);
  });
  process.stderr.on('error', () => {});
  try {
    process.exitCode = await main();
  } catch (error) {
    const misread = misreadText(error);
    console.error(misread ?? errorText(error));
    process.exitCode = misread === undefined ? failureCode : usageCode;
  }
}

/** What `parseArgs` says of options it does not know, without its advice for odd cases. */
function misreadText(error: unknown): string | undefined {
  if (!(error instanceof TypeError && 'code' in error)) return undefined;
  if (!String(error.code).startsWith('ERR_PARSE_ARGS')) return undefined;
  const [sentence = ''] = error.message.split(/\. |\n/);
  return `Cannot read options: ${sentence.replace(/^./, (letter) => letter.toLowerCase())}; --help tells them`;
}

/** A connection that is refused at every address of a name has no message of its own. */
function errorText(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(errorText).join('; ');
  }
  return error instanceof Error ? error.message || error.name : String(error);
}
