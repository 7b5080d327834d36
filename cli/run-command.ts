import { failureText, isMisread } from './failure-text.ts';

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
    console.error(failureText(error));
    process.exitCode = isMisread(error) ? usageCode : failureCode;
  }
}
