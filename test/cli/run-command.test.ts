import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

const room = path.join(import.meta.dirname, '../../cli/run-command.ts');

/** Runs a command whose body is given, and reads what it says; closes its output early if asked. */
async function run(body: string, { options = '{}', closed = false } = {}) {
  const source = `import { parseArgs } from 'node:util';
import { runCommand } from ${JSON.stringify(room)};
await runCommand(async () => { ${body} }, ${options});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source, '--', '--nope']);
  if (closed) child.stdout.destroy();
  const [out, error] = await Promise.all([
    closed ? '' : text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, error, code: child.exitCode };
}

const write = `for (let i = 0; i < 100; i += 1) { console.log(i); await new Promise((go) => setTimeout(go, 1)); }
console.error('done'); return 3;`;

it('runCommand() gives the exit code of the command', async () => {
  expect(await run('console.log(1); return 3;')).toEqual({ out: '1\n', error: '', code: 3 });
});

it('runCommand() says what went wrong in one line, without a stack', async () => {
  const failing = "throw new Error('Cannot do it: not today')";
  expect(await run(failing)).toMatchObject({ error: 'Cannot do it: not today\n', code: 1 });
  expect(await run(failing, { options: '{ failureCode: 2 }' })).toMatchObject({ code: 2 });
  const nameless = "throw new AggregateError([new Error('refused here'), new Error('and there')])";
  expect((await run(nameless)).error).toBe('refused here; and there\n');
});

it('runCommand() says of an option without its value that this is missing', async () => {
  const options = "options: { role: { type: 'string' } }";
  const parse = (args: string) => run(`parseArgs({ args: ${args}, ${options} }); return 0;`);
  const told = "option '--role <value>' argument missing; --help tells them\n";
  expect((await parse("['--role']")).error).toBe(`Cannot read options: ${told}`);
  const before = await parse("['--role', '--data']");
  expect(before.error).toBe(
    "Cannot read options: option '--role' argument missing; --help tells them\n",
  );
});

it('runCommand() says of options that nobody knows where to find those that are known', async () => {
  expect(await run('parseArgs({ options: {} }); return 0;')).toMatchObject({
    error: "Cannot read options: unknown option '--nope'; --help tells them\n",
    code: 2,
  });
});

it('runCommand() goes on when its output is closed', async () => {
  expect(await run(write, { closed: true })).toMatchObject({ error: 'done\n', code: 3 });
});

it('runCommand() ends a command that is there for its reader', async () => {
  const ended = await run(write, { closed: true, options: '{ endsWithReader: true }' });
  expect(ended).toMatchObject({ error: '', code: 0 });
});
