import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../shared/random/random.ts';
import type { Action } from './actions.ts';
import { drawIp } from './addresses.ts';
import { type Identity, makeIdentity } from './identity.ts';
import { RequestFailed } from './shop-client.ts';
import { Shopper, type Surroundings } from './shopper.ts';
import { Visit } from './visit.ts';

const PAUSE_AFTER_ERROR_MS = 250;
const SESSION_ACTIONS_MAX = 25;

interface Member {
  readonly shopper: Shopper;
  readonly identity: Identity;
  readonly name: string;
  visit: Visit;
  actions: number;
}

/** Shoppers of a run without an end; each does one thing at a time. */
export class Crowd {
  readonly #around: Surroundings;
  readonly #runId: string;
  readonly #seed: number;
  readonly #free: Member[] = [];
  readonly #busy = new Set<Promise<void>>();
  /** What no shop is to blame for; the run ends with it. */
  readonly #faults: unknown[] = [];
  #tried = 0;
  #size = 0;
  #wanted = Number.POSITIVE_INFINITY;
  #visits = 0;
  #hasLost = false;

  /** @param runId part of every shopper's name, unlike that of any other run. */
  constructor(around: Surroundings, runId: string, seed: number) {
    this.#around = around;
    this.#runId = runId;
    this.#seed = seed;
  }

  get size(): number {
    return this.#size;
  }

  /** Nobody goes home while there are fewer. */
  set wanted(size: number) {
    this.#wanted = size;
  }

  /** Whether somebody has left since it was asked last: what they knew of the shop is gone. */
  takeHasLost(): boolean {
    const hasLost = this.#hasLost;
    this.#hasLost = false;
    return hasLost;
  }

  /** One more shopper signs up; where that fails it is counted, and the crowd stays as it is. */
  async join(): Promise<void> {
    const number = ++this.#tried;
    const name = `s${this.#runId}-${number}`;
    const identity = makeIdentity(createRandom(this.#seed + number), name);
    await this.#counted(async () => {
      const shopper = await Shopper.signUp(this.#around, identity, Date.now());
      this.#free.push({
        shopper,
        identity,
        name,
        visit: this.#visit(name, identity),
        actions: 0,
      });
      this.#size++;
    });
  }

  /** Sends a free shopper off to do something; false when all are busy. */
  send(action: Action, random: Random): boolean {
    if (this.#faults.length > 0) throw this.#faults[0];
    if (this.#free.length === 0) return false;
    const [member] = this.#free.splice(random.integer(0, this.#free.length - 1), 1);
    if (member === undefined) return false;
    this.#around.counts.drawn(action);
    const acting = this.#counted(() => this.#act(member, action, random))
      .then((failure) => this.#goOn(member, failure))
      .catch((error: unknown) => void this.#faults.push(error))
      .finally(() => this.#busy.delete(acting));
    this.#busy.add(acting);
    return true;
  }

  /**
   * Who has looked around for long goes home, and somebody else comes: no honest person orders all day.
   * Where the shop was emptied, carts, products and accounts are gone: others have to come.
   */
  #goOn(member: Member, failure: RequestFailed | undefined): void {
    const isGone = failure?.kind === '404';
    const goesHome = member.actions >= SESSION_ACTIONS_MAX && this.#size >= this.#wanted;
    if (!isGone && !goesHome) {
      this.#free.push(member);
      return;
    }
    this.#size--;
    this.#hasLost ||= isGone;
  }

  /** Somebody else uses an account meanwhile; false when there is none that is free. */
  async lend(random: Random, work: (shopper: Shopper) => Promise<void>): Promise<boolean> {
    const [member] = this.#free.splice(random.integer(0, this.#free.length - 1), 1);
    if (member === undefined) return false;
    try {
      await work(member.shopper);
    } finally {
      this.#free.push(member);
    }
    return true;
  }

  /** Resolves when one of the busy is free; at once when nobody is busy. */
  async oneIsFree(): Promise<void> {
    if (this.#busy.size > 0) await Promise.race(this.#busy);
  }

  /** Resolves when everybody has finished what was begun. */
  async allAreFree(): Promise<void> {
    await Promise.all(this.#busy);
  }

  async #act(member: Member, action: Action, random: Random): Promise<void> {
    const { counts } = this.#around;
    member.actions++;
    try {
      counts.done(await member.shopper.act(action, member.visit, Date.now(), random));
    } catch (error) {
      counts.failed();
      throw error;
    }
  }

  #visit(name: string, identity: Identity): Visit {
    const chance = createRandom(this.#seed + this.#visits++);
    const guise = { ...identity, ip: drawIp(identity, chance) };
    return new Visit({ sessionId: `${name}-0`, guise, purpose: 'browse' }, this.#around.catalogue);
  }

  /** A failed request costs the shopper an action and a moment, never the run. */
  async #counted(work: () => Promise<void>): Promise<RequestFailed | undefined> {
    try {
      await work();
      return undefined;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this.#around.counts.error(error.kind);
      await sleep(PAUSE_AFTER_ERROR_MS);
      return error;
    }
  }
}
