import { randomBytes } from 'node:crypto';
import { createRandom } from '../../shared/random/random.ts';
import { Agenda } from './agenda.ts';
import { findCatalogue } from './catalogue.ts';
import { clickSender } from './click-sender.ts';
import { type Label, OrderBook } from './order-book.ts';
import { OrderDesk } from './order-desk.ts';
import { peopleOf } from './people.ts';
import { type Plan, type PlannedSession, type PlanOptions, planSessions } from './plan.ts';
import { type SessionReport, sessionReport } from './session-report.ts';
import { RequestFailed, shopClient } from './shop-client.ts';
import type { ShopClock } from './shop-clock.ts';
import { Shopper, type Surroundings } from './shopper.ts';
import { countShoppers, type ShopperReport } from './shopper-report.ts';
import { Visit } from './visit.ts';

export interface SessionOptions extends Omit<PlanOptions, 'fromMs' | 'toMs'> {
  /** Address of the shop's API. */
  readonly apiUrl: string;
  /** Of an operator, who ships, gives money back, and tells history. */
  readonly operatorToken: string;
  readonly clock: ShopClock;
  /** Actions of all shoppers together are begun at most so often; infinite: as the shop bears it. */
  readonly ratePerSecond: number;
  /** After this time an unpaid order expires. */
  readonly expiresAfterMs: number;
  /** Ends the shopping; what has begun is finished. */
  readonly signal: AbortSignal;
  /** Takes what is known of each order and must not be known to the shop. */
  readonly onLabel: (label: Label) => void;
  /** Called whenever something that was planned is over, with how many such things there are. */
  readonly onStep?: (planned: number, report: () => ShopperReport) => void;
}

/** The shop answers no faster with more at once, and what happens stays in order, about. */
const CONCURRENCY = 8;

/**
 * Plans sessions and carries them out through the shop's API alone, each action at its time on the
 * clock; ships and delivers what was ordered, and gives back what is returned.
 *
 * @throws Error when there is no shop at the address, or nothing in it to buy.
 */
export async function runSessions(options: SessionOptions): Promise<SessionReport> {
  const { apiUrl, clock, operatorToken, ratePerSecond, seed, signal } = options;
  const startedMs = performance.now();
  const shop = shopClient(apiUrl);
  const counts = countShoppers();
  const runId = randomBytes(5).toString('hex');
  const random = createRandom(seed);
  const catalogue = await findCatalogue(shop, apiUrl, random);
  const plan = planSessions({ ...options, fromMs: clock.fromMs, toMs: clock.toMs });
  const agenda = new Agenda({ clock, ratePerSecond, concurrency: CONCURRENCY, signal });
  const desk = new OrderDesk(shop, counts, { operatorToken, tellsTime: clock.isOwn });
  const labels: Label[] = [];
  const book = new OrderBook({
    ...{ desk, agenda, clock, random, attempt },
    expiresAfterMs: options.expiresAfterMs,
    onLabel(label) {
      labels.push(label);
      options.onLabel(label);
    },
  });
  const historyToken = clock.isOwn ? operatorToken : undefined;
  const clicks = clickSender(shop, counts, { runId, historyToken });
  const world = { year: new Date().getFullYear(), nowMs: Date.now, endMs: clock.toMs };
  const around = { shop, desk, catalogue, clicks, counts, book, ...world };
  const held = new Set<number>();

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      counts.error(error.kind);
    }
  }

  const planned = addSessions(plan, { agenda, around, runId, attempt, held }, () =>
    options.onStep?.(planned, counts.report),
  );
  await agenda.run();
  await clicks.flush();
  const tookMs = performance.now() - startedMs;
  return sessionReport({ plan, held, labels, clock, seed, tookMs, shoppers: counts.report() });
}

interface Stage {
  readonly agenda: Agenda;
  readonly around: Surroundings & { readonly book: OrderBook };
  readonly runId: string;
  readonly attempt: (work: () => Promise<void>) => Promise<void>;
  /** Sessions that have begun, by their draw. */
  readonly held: Set<number>;
}

/** @returns how many things were planned. */
function addSessions(plan: Plan, stage: Stage, onStep: () => void): number {
  const { agenda, around, runId, attempt } = stage;
  const people = peopleOf(plan.shoppers, runId);
  const shoppers = new Map<number, Promise<Shopper | undefined>>();
  const lastWork = new Map<number, Promise<void>>();
  let planned = 0;

  /** The shopper, who signs up the first time; undefined when that failed, which is counted. */
  function shopperOf(number: number, atMs: number): Promise<Shopper | undefined> {
    const known = shoppers.get(number) ?? signUp(number, atMs);
    shoppers.set(number, known);
    return known;
  }

  async function signUp(number: number, atMs: number): Promise<Shopper | undefined> {
    let shopper: Shopper | undefined;
    await attempt(async () => {
      shopper = await Shopper.signUp(around, people.identityOf(number), atMs);
    });
    return shopper;
  }

  /** A shopper does one thing after the other. */
  function add(session: PlannedSession, atMs: number, work: (who?: Shopper) => Promise<void>) {
    planned++;
    agenda.add(atMs, () => {
      const before = lastWork.get(session.shopper) ?? Promise.resolve();
      const working = before.then(async () => {
        stage.held.add(session.draw);
        const shopper = await shopperOf(session.shopper, atMs);
        await attempt(() => work(shopper));
        onStep();
      });
      lastWork.set(
        session.shopper,
        working.catch(() => {}),
      );
      return working;
    });
  }

  for (const session of plan.sessions) {
    const sessionId = `${runId}-${session.draw}`;
    const [guise, oddity] = [people.guiseIn(session), people.oddityIn(session)];
    const visit = new Visit({ ...session, sessionId, guise, oddity }, around.catalogue);
    addSession(session, visit, { ...stage, add });
  }
  return planned;
}

function addSession(
  session: PlannedSession,
  visit: Visit,
  {
    around,
    add,
  }: Stage & {
    add(session: PlannedSession, atMs: number, work: (who?: Shopper) => Promise<void>): void;
  },
): void {
  const { counts, book } = around;
  if (session.purpose === 'return') {
    add(session, session.startMs, async (shopper) => {
      if (shopper === undefined) return;
      const { customerId, token } = shopper;
      await book.giveBack(customerId, token, session.startMs, createRandom(session.seed));
    });
  }
  for (const { atMs, action, seed } of session.actions) {
    add(session, atMs, async (shopper) => {
      counts.drawn(action);
      try {
        const done = await shopper?.act(action, visit, atMs, createRandom(seed));
        if (done === undefined) counts.failed();
        else counts.done(done);
      } catch (error) {
        counts.failed();
        throw error;
      }
    });
  }
  for (const [place, order] of session.fraudOrders.entries()) {
    const random = createRandom(session.seed + place + 1);
    add(session, order.atMs, async (shopper) => shopper?.orderFraudulently(order, visit, random));
  }
}
