import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createRandom, type Random } from '../../../shared/random/random.ts';
import type { EngineOrder } from './engine-process.ts';

const program = join(import.meta.dirname, 'engine-process.ts');
const moments = ['before', 'during', 'during', 'after'] as const;
/** The shortest of lives makes some twenty calls; first deaths come before, so that each history has one. */
const firstDeathMax = 12;
const deathMax = 90;

/** What the engines went through. */
export interface Fates {
  kills: number;
  pauses: number;
}

/**
 * Lets several engine processes at once read one history to its end. Each is killed a few times at
 * one of its calls of the database and begins anew; now and then one stands still for a while, and
 * wakes up as a zombie.
 */
export async function playEngines(
  order: Omit<EngineOrder, 'seed' | 'death'>,
  { engines, killsEach }: { readonly engines: number; readonly killsEach: number },
): Promise<Fates> {
  const random = createRandom(order.history.seed);
  const fates: Fates = { kills: 0, pauses: 0 };
  const running = new Set<ChildProcess>();
  const ends = Promise.all(
    Array.from({ length: engines }, () => playOne(order, random, killsEach, running, fates)),
  );
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  ends.then(over, over);
  while (!isOver) {
    await Promise.race([pause(random.integer(100, 600)), ends]);
    const child = [...running][random.integer(0, running.size - 1)];
    if (isOver || !child) continue;
    fates.pauses += 1;
    child.kill('SIGSTOP');
    await pause(random.integer(50, 500));
    child.kill('SIGCONT');
  }
  await ends;
  return fates;
}

async function playOne(
  order: Omit<EngineOrder, 'seed' | 'death'>,
  random: Random,
  kills: number,
  running: Set<ChildProcess>,
  fates: Fates,
): Promise<void> {
  for (let left = kills; ; left -= 1) {
    const callMax = left === kills ? firstDeathMax : deathMax;
    const death =
      left > 0 ? { call: random.integer(1, callMax), moment: random.pick(moments) } : undefined;
    const full: EngineOrder = { ...order, seed: random.integer(1, 2 ** 31), death };
    const child = fork(program, [JSON.stringify(full)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let complaint = '';
    child.stderr?.on('data', (text) => {
      complaint += text;
    });
    running.add(child);
    const [code, signal] = await once(child, 'exit');
    running.delete(child);
    if (signal === 'SIGKILL') fates.kills += 1;
    else if (code === 0) return;
    else throw new Error(`Cannot go on: an engine ended with ${code ?? signal}: ${complaint}`);
  }
}
