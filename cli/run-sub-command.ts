/** A command behind the name of another: `npm run import -- orders`. */
export interface SubCommand {
  /** Shown for `--help` and behind mistakes. */
  readonly usage: string;
  /**
   * @param args what stands behind the name of the command.
   * @returns the exit code.
   * @throws Error that says what is wrong; it is printed, and the exit code is 1.
   */
  run(args: readonly string[]): Promise<number>;
}

/** Runs the command that the first argument names; without one it tells the usage of all. */
export async function runSubCommand(
  usage: string,
  commands: Readonly<Record<string, SubCommand>>,
  [name = '', ...args]: readonly string[],
): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    (isHelp(name) ? console.log : console.error)(usage);
    return isHelp(name) ? 0 : 2;
  }
  if (args.some(isHelp)) {
    console.log(command.usage);
    return 0;
  }
  return await command.run(args);
}

function isHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h';
}
