import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';

const root = path.resolve(import.meta.dirname, '../..');
const startMsMax = 120_000;

const endpoint = z.object({
  apiUrl: z.string(),
  awsUrl: z.string(),
  databaseUrl: z.string(),
  controlUrl: z.string(),
});

const balance = z.object({ lost: z.number(), doubled: z.number() });
const counts = z.object({
  counted: z.number(),
  late: z.number(),
  duplicate: z.number(),
  future: z.number(),
  quarantined: z.number(),
});

/** The summary that `npm start -- --for … --json` prints as its last line. */
export const summarySchema = balance.extend({
  drained: z.boolean(),
  orders: z.number(),
  changes: z.number(),
  events: z.record(z.string(), counts),
  windowsClosed: z.number(),
  alertsSent: z.number(),
  lakeRows: z.record(z.string(), z.number()),
  balance: z.object({
    revenue: balance,
    views: balance,
    alerts: balance,
    lake: z.record(z.string(), balance),
  }),
});

/** `npm start` in a process of its own, on its own data and ports. */
export class ShopProcess {
  readonly directory: string;
  readonly #portBase: number;
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(directory: string, portBase: number) {
    this.directory = directory;
    this.#portBase = portBase;
  }

  static async create(portBase: number): Promise<ShopProcess> {
    return new ShopProcess(await mkdtemp(path.join(tmpdir(), 'shop-')), portBase);
  }

  /** Another process on the same data and ports. */
  beside(): ShopProcess {
    return new ShopProcess(this.directory, this.#portBase);
  }

  /** Starts and waits until the addresses are printed. */
  async start(...args: readonly string[]): Promise<z.output<typeof endpoint>> {
    const base = ['--data', this.directory, '--port-base', String(this.#portBase)];
    const file = path.join(root, 'cli/start.ts');
    const flags = ['--disable-warning=ExperimentalWarning', file, ...base, ...args];
    this.#output = '';
    const child = spawn(process.execPath, flags, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    const deadlineMs = Date.now() + startMsMax;
    while (!this.#output.includes('Live page')) {
      if (child.exitCode !== null || Date.now() > deadlineMs) {
        throw new Error(`Cannot start the shop: ${this.#output}`);
      }
      await sleep(50);
    }
    const json = await readFile(path.join(this.directory, 'endpoint.json'), 'utf8');
    return endpoint.parse(JSON.parse(json));
  }

  /** Calls of an operator; each with an idempotency key of its own. */
  operatorOf(apiUrl: string) {
    const args = ['cli/token.ts', '--data', this.directory, '--role', 'operator'];
    const token = execFileSync(process.execPath, args, { cwd: root }).toString().trim();
    return async (method: string, where: string, body?: object) => {
      const answer = await fetch(`${apiUrl}${where}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: await answer.json() };
    };
  }

  /** Ends a run with `--for` before its time, as Ctrl-C does, and reads the summary. */
  async finish(): Promise<z.output<typeof summarySchema>> {
    this.#child?.kill('SIGINT');
    return this.summary();
  }

  /** Waits for the end that `--for` brings, and reads the summary. */
  async summary(): Promise<z.output<typeof summarySchema>> {
    await this.#exit();
    const line = this.#output.split('\n').find((text) => text.startsWith('{')) ?? '';
    if (line === '') throw new Error(`The shop printed no summary: ${this.#output}`);
    return summarySchema.parse(JSON.parse(line));
  }

  /** Ends it as Ctrl-C does; the exit code. */
  async stop(): Promise<number | null> {
    this.#child?.kill('SIGINT');
    return this.#exit();
  }

  /** Ends it as the kernel does: at once, nothing is said or written. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#exit();
  }

  /** Everything it has said. */
  get output(): string {
    return this.#output;
  }

  async remove(): Promise<void> {
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) {
      await this.stop();
    }
    await rm(this.directory, { recursive: true, force: true });
  }

  async #exit(): Promise<number | null> {
    const child = this.#child;
    if (!child) return null;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  }
}

/** Runs one statement against the shop's database. */
export async function inDatabase<T>(
  databaseUrl: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Waits until `holds`, or fails with what it was waiting for. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean>,
  patienceMs = 30_000,
): Promise<void> {
  const deadlineMs = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error(`Not within ${patienceMs} ms: ${what}`);
    await sleep(100);
  }
}
