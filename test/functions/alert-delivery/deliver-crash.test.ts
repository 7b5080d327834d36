import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliverAll, deliverDue } from '../../../functions/alert-delivery/deliver-batch.ts';
import { AwsError, type PlayedService } from '../../../infra/local/service.ts';
import type { AlertData } from '../../../shared/events/alert.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';
import { type Mishap, openReceiver, type Receiver } from '../../fixtures/webhook-receiver.ts';
import { clock, instance, newAlert, startMs } from './delivery-rig.ts';

type NewAlert = { readonly id: string; readonly data: AlertData };

const minuteMs = 60_000;

/** Instances die at a call of their own choosing, before it happens or after; then all is silent. */
class Mortality {
  calls = 0;
  dieAt: { readonly call: number; readonly when: 'before' | 'after' } | undefined;
  dead = false;

  readonly disturb = (service: PlayedService): PlayedService => ({
    ...service,
    handle: async (call) => {
      this.calls += 1;
      const number = this.calls;
      if (this.dead) throw new AwsError('AccessDeniedException', 'dead');
      if (this.dieAt?.call !== number) return await service.handle(call);
      this.dead = true;
      if (this.dieAt.when === 'after') await service.handle(call);
      throw new AwsError('AccessDeniedException', 'dead');
    },
  });

  /** Another instance begins where one has died; one that lives goes on. */
  revive(): boolean {
    const died = this.dead;
    if (died) this.dieAt = undefined;
    this.dead = false;
    return died;
  }

  plan(dieAt?: { readonly call: number; readonly when: 'before' | 'after' }): void {
    this.calls = 0;
    this.dieAt = dieAt;
  }
}

const mortality = new Mortality();
let cloud: PlayedCloud;
let receiver: Receiver;

beforeAll(async () => {
  cloud = await playCloud(mortality.disturb);
});
afterAll(() => cloud.close());
beforeEach(async () => {
  receiver = await openReceiver();
  clock.nowMs = startMs;
});
afterEach(() => receiver.close());

/**
 * How often each message may have been taken without our knowing it: posts that ended without an
 * answer, and those whose answer the instance did not live to note.
 */
const unknowable = new Map<string, number>();

function newInstance() {
  const { parts } = instance(cloud, receiver, 400);
  const { log } = parts;
  const mayComeAgain = (id: string) => unknowable.set(id, (unknowable.get(id) ?? 0) + 1);
  const post: typeof parts.post = async (target, message) => {
    const outcome = await parts.post(target, message);
    const isAnswered =
      outcome.kind === 'sent' || outcome.reason.startsWith('the receiver answered');
    if (!isAnswered) mayComeAgain(message.id);
    return outcome;
  };
  const note = log.note.bind(log);
  log.note = async (id, target, delivery, from) => {
    try {
      await note(id, target, delivery, from);
    } catch (error) {
      if (delivery.status === 'sent') mayComeAgain(id);
      throw error;
    }
  };
  return { ...parts, post };
}

/** A batch as the mapping brings it: again, to a new instance, until it is taken. */
async function bring(alerts: readonly NewAlert[]): Promise<void> {
  for (;;) {
    const { errors } = await deliverAll(alerts, newInstance()).catch((error) => ({
      errors: [error],
    }));
    if (!mortality.revive()) {
      expect(errors).toEqual([]);
      return;
    }
    clock.nowMs += 1_000;
  }
}

async function sweep(): Promise<void> {
  await deliverDue(newInstance(), clock.nowMs + minuteMs).catch(() => {});
  mortality.revive();
}

/** Until nothing waits any more. */
async function settle(): Promise<void> {
  receiver.mishaps.length = 0;
  const { lanes } = newInstance();
  while ((await lanes.due(clock.nowMs + 24 * 60 * minuteMs)).lanes.length > 0) {
    clock.nowMs += minuteMs;
    await sweep();
  }
}

/** Which alerts the messages taken tell of, each message once. */
function told(): string[] {
  const once = new Map(receiver.messages.map((message) => [message.id, message]));
  return [...once.values()].flatMap(({ alert, others, count }) => {
    expect(others).toHaveLength(count - 1);
    return [alert.id, ...others.map(({ id }) => id)];
  });
}

/** No message was taken more than once but where nobody can know. */
function expectOnce(what?: string): void {
  for (const [id, all] of Map.groupBy(receiver.taken, (one) => one)) {
    expect(all.length, `${what} ${id}`).toBeLessThanOrEqual(1 + (unknowable.get(id) ?? 0));
  }
}

/** The first message of each alert of an entity and kind, in order. */
function expectOrder(alerts: readonly NewAlert[]): void {
  const at = new Map(told().map((id, index) => [id, index]));
  const groups = Map.groupBy(alerts, ({ data }) => `${data.customerId} ${data.rule}`);
  for (const group of groups.values()) {
    const leads = group.filter(({ id }) => receiver.messages.some(({ alert }) => alert.id === id));
    const places = leads.map(({ id }) => at.get(id) ?? -1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  }
}

describe('alert delivery under crashes', () => {
  /** Two of one kind, one of another, one of another entity; then the cooldown ends. */
  async function history(name: string): Promise<NewAlert[]> {
    const first = newAlert(name);
    const alerts = [
      first,
      newAlert(name, { rule: 'other' }),
      newAlert(`${name}-b`),
      newAlert(name),
    ];
    await bring(alerts);
    clock.nowMs += minuteMs;
    await sweep();
    return alerts;
  }

  it('loses nothing wherever an instance dies, and doubles only what it was noting', async () => {
    mortality.plan();
    await history('clean');
    const { calls } = mortality;
    expect(calls).toBeGreaterThan(20);
    for (let call = 1; call <= calls; call += 1) {
      for (const when of ['before', 'after'] as const) {
        receiver.taken.length = 0;
        receiver.messages.length = 0;
        clock.nowMs += 60 * minuteMs;
        unknowable.clear();
        mortality.plan({ call, when });
        const alerts = await history(`crash-${call}-${when}`);
        mortality.plan();
        await settle();
        expect(told().toSorted(), `${call} ${when}`).toEqual(alerts.map(({ id }) => id).toSorted());
        expectOnce(`${call} ${when}`);
        // Of each lane one message may be under way when the instance dies.
        const inAll = [...unknowable.values()].reduce((sum, one) => sum + one, 0);
        expect(inAll, `${call} ${when}`).toBeLessThanOrEqual(2);
        expectOrder(alerts);
      }
    }
  }, 120_000);

  it('loses nothing in any history, and doubles nothing while nobody dies and receivers are clear', async () => {
    const mishap = fc.constantFrom<Mishap>(
      { status: 429, retryAfter: '1' },
      { status: 429, retryAfter: '70' },
      { status: 500 },
      'reset',
      'hang',
      'take and reset',
    );
    const step = fc.record({
      alerts: fc.array(fc.record({ customer: fc.nat(2), kind: fc.nat(1), grave: fc.boolean() }), {
        maxLength: 3,
      }),
      again: fc.boolean(),
      passMs: fc.oneof(fc.nat(2_000), fc.nat(90_000)),
      mishaps: fc.array(mishap, { maxLength: 2 }),
      death: fc.option(
        fc.record({ call: fc.nat(25), when: fc.constantFrom('before' as const, 'after' as const) }),
        {
          freq: 2,
        },
      ),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        run += 1;
        receiver.taken.length = 0;
        receiver.messages.length = 0;
        clock.nowMs += 24 * 60 * minuteMs;
        unknowable.clear();
        const all: NewAlert[] = [];
        for (const { alerts, again, passMs, mishaps, death } of steps) {
          receiver.mishaps.push(...mishaps);
          if (death) mortality.plan({ call: death.call + 1, when: death.when });
          const batch = alerts.map(({ customer, kind, grave }) =>
            newAlert(`run-${run}-${customer}`, {
              rule: `kind-${kind}`,
              severity: grave ? 'critical' : 'warning',
            }),
          );
          all.push(...batch);
          await bring(batch);
          if (again) await bring(batch);
          clock.nowMs += passMs;
          await sweep();
        }
        mortality.plan();
        await settle();
        expect(told().toSorted()).toEqual(all.map(({ id }) => id).toSorted());
        expectOnce();
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});
