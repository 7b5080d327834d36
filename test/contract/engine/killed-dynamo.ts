import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Random } from '../../../shared/random/random.ts';
import { freePort } from '../oracle-process.ts';
import type { DynamoOrder, DynamoReport } from './dynamo-process.ts';

const program = join(import.meta.dirname, 'dynamo-process.ts');
const moments = ['before', 'during', 'after'] as const;

/** The local DynamoDB in a process that is killed at its writes, and started again on its folder. */
export class KilledDynamo {
  readonly endpoint: string;
  readonly reports: DynamoReport[] = [];
  readonly #directory: string;
  readonly #port: number;
  readonly #tables: readonly string[];
  readonly #random: Random;
  #deathsLeft = 0;
  #isOver = false;
  #child: ChildProcess | undefined;
  #life: Promise<void> | undefined;

  private constructor(directory: string, port: number, tables: readonly string[], random: Random) {
    this.#directory = directory;
    this.#port = port;
    this.#tables = tables;
    this.#random = random;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  /** @param deaths how often it is killed. */
  static async start(
    tables: readonly string[],
    random: Random,
    deaths: number,
  ): Promise<KilledDynamo> {
    const directory = await mkdtemp(join(tmpdir(), 'killed-dynamo-'));
    const dynamo = new KilledDynamo(directory, await freePort(), tables, random);
    dynamo.#deathsLeft = deaths;
    const { promise: listens, resolve, reject } = Promise.withResolvers<void>();
    dynamo.#life = dynamo.#live(resolve).catch(reject);
    await listens;
    return dynamo;
  }

  async close(): Promise<void> {
    this.#isOver = true;
    this.#child?.kill('SIGKILL');
    await this.#life;
    await rm(this.#directory, { recursive: true });
  }

  async #live(listens: () => void): Promise<void> {
    while (!this.#isOver) {
      const order = this.#nextOrder();
      const child = fork(program, [JSON.stringify(order)]);
      this.#child = child;
      child.once('message', (report: DynamoReport) => {
        this.reports.push(report);
        listens();
      });
      const [code, signal] = await once(child, 'exit');
      if (signal === 'SIGKILL') continue;
      throw new Error(
        `Cannot go on: the local DynamoDB ended by itself: received exit code ${code}`,
      );
    }
  }

  #nextOrder(): DynamoOrder {
    const random = this.#random;
    const moment = moments[this.#deathsLeft % moments.length];
    const death =
      this.#deathsLeft > 0 && moment !== undefined
        ? {
            batch: random.integer(2, 18),
            moment,
            withinMicroseconds: random.integer(0, 400),
          }
        : undefined;
    this.#deathsLeft -= 1;
    const directory = join(this.#directory, 'tables');
    return { directory, port: this.#port, tables: this.#tables, death };
  }
}
