/** One kind of file that `npm run import` takes, each in a file of its name. */
export interface ImportCommand {
  /** Shown for `--help` and behind mistakes. */
  readonly usage: string;
  /**
   * @param args what stands behind the name of the command.
   * @returns the exit code: 0, or 1 when some lines were refused.
   * @throws Error that says what is wrong; it is printed, and the exit code is 1.
   */
  run(args: readonly string[]): Promise<number>;
}
