import { createInterface } from 'node:readline/promises';

/**
 * Asks a person at the terminal, on standard error.
 *
 * @returns whether the answer was y or yes; an end of input is no.
 * @throws Error where nobody can answer.
 */
export async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new Error(`Cannot ask "${question}": there is no terminal; add --yes if you mean it`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  const answer = await Promise.race([terminal.question(`${question} [y/N] `), closed]);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
