import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The command line of a process; undefined when it does not run, or only waits to be buried. */
export async function commandLine(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined;
  if (existsSync('/proc/self/cmdline')) {
    const file = `/proc/${pid}/cmdline`;
    const text = await readFile(file, 'utf8').catch(() => ''); // gone between the two lines
    return text === '' ? undefined : text.replaceAll('\0', ' ').trim();
  }
  const query = `(Get-CimInstance Win32_Process -Filter ProcessId=${pid}).CommandLine`;
  const asking =
    process.platform === 'win32'
      ? run('powershell', ['-Command', query])
      : run('ps', ['-o', 'args=', '-p', String(pid)]);
  const { stdout } = await asking.catch(() => ({ stdout: '' })); // ends with 1 when there is none
  return stdout.trim() === '' ? undefined : stdout.trim();
}

/** Whether a process of this id runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
