import { entityKey } from '../../shared/alerts/entity.ts';
import { claimNext, type Placement, placeAlert, sealDue } from '../../shared/alerts/lane.ts';
import type { LaneKey } from '../../shared/alerts/lane-table.ts';
import { isMuted } from '../../shared/alerts/mutes.ts';
import type { AlertData } from '../../shared/events/alert.ts';
import { routeOf, targetsOf } from './routes.ts';
import { type Delivery, type DeliveryParts, digestPrefix, sendLane } from './send-lane.ts';

interface NewAlert {
  readonly id: string;
  readonly data: AlertData;
}

/** What became of alerts, and the errors that kept others from being told. */
export interface Deliveries {
  readonly deliveries: readonly Delivery[];
  readonly errors: readonly unknown[];
}

interface LaneLoad {
  readonly key: LaneKey;
  readonly digestMs: number | undefined;
  readonly alerts: NewAlert[];
}

/** Lanes that are worked on at the same time; the alerts of one lane go one by one. */
const atOnceMax = 8;

/**
 * Logs the alerts of a batch and tells those that nothing holds back. Once a target has failed one,
 * the rest of its alerts only wait in their lanes: the schedule sends them, and no batch waits for a
 * receiver that is down. Ends when nothing is under way any more, also where there were errors.
 */
export async function deliverAll(
  alerts: readonly NewAlert[],
  parts: DeliveryParts,
): Promise<Deliveries> {
  if (alerts.length === 0) return { deliveries: [], errors: [] };
  const [known, mutes] = await Promise.all([parts.targetNames(), parts.mutes()]);
  const loads = new Map<string, LaneLoad>();
  const deliveries: Delivery[] = [];
  const down = new Set<string>();

  async function logAlert({ id, data }: NewAlert): Promise<readonly string[]> {
    const targets = targetsOf(routeOf(data), known);
    const before = await parts.log.begin(id, data, targets, parts.now());
    const open = Object.entries(before).filter(([, { status }]) => status === 'new');
    const alert = { kind: data.rule, entity: entityKey(data) };
    if (open.length === 0 || !mutes.some((mute) => isMuted(mute, alert, parts.now()))) {
      return open.map(([target]) => target);
    }
    for (const [target] of open) {
      await parts.log.note(id, target, { status: 'muted', atMs: parts.now() }, ['new']);
    }
    deliveries.push({ id, data, status: 'pending', attempts: 0, held: { why: 'mute' } });
    return [];
  }

  const targets = await inTurns(alerts, logAlert);
  for (const [index, alert] of alerts.entries()) {
    const { name, digestMs } = routeOf(alert.data);
    const entity = digestMs === undefined ? entityKey(alert.data) : `${digestPrefix}${name}`;
    for (const target of targets.results[index] ?? []) {
      const load = loads.get(`${target}#${entity}`) ?? {
        key: { target, entity },
        digestMs,
        alerts: [],
      };
      load.alerts.push(alert);
      loads.set(`${target}#${entity}`, load);
    }
  }
  const sent = await inTurns([...loads.values()], (load) => deliverLoad(load, down, parts));
  deliveries.push(...sent.results.flatMap((some) => some ?? []));
  return { deliveries, errors: [...targets.errors, ...sent.errors] };
}

/** Places the alerts of one lane in one write, and sends what goes out of it now. */
async function deliverLoad(
  { key, digestMs, alerts }: LaneLoad,
  down: Set<string>,
  parts: DeliveryParts,
): Promise<readonly Delivery[]> {
  const placements = new Map<NewAlert, Placement>();
  let isClaimed = false;
  const nowMs = parts.now();
  const standing = await parts.lanes.change(
    key,
    (before) => {
      let lane = before;
      for (const alert of alerts) {
        const { id, data } = alert;
        const placed = placeAlert(
          lane,
          { id, kind: data.rule, severity: data.severity },
          nowMs,
          digestMs,
        );
        lane = placed.lane;
        placements.set(alert, placed.placement);
      }
      lane = sealDue(lane, nowMs);
      const claimed = down.has(key.target) ? undefined : claimNext(lane, nowMs);
      isClaimed = claimed !== undefined;
      return claimed ?? lane;
    },
    nowMs,
  );
  const fresh = [...placements].filter(([, { again }]) => !again);
  const inHand = new Map(fresh.map(([{ id, data }]) => [id, data]));
  const [notes, sent] = await Promise.allSettled([
    Promise.all([...placements].map(([alert, at]) => noteHeld(key, alert, at, parts))),
    isClaimed ? sendLane(key, standing, inHand, parts) : [],
  ]);
  if (sent.status === 'rejected') throw sent.reason;
  if (notes.status === 'rejected') throw notes.reason;
  if (sent.value.some(({ status }) => status === 'pending')) down.add(key.target);
  const told = new Set(sent.value.map(({ message }) => message));
  const why = digestMs === undefined ? ('cooldown' as const) : ('digest' as const);
  const waiting = fresh.flatMap(([{ id, data }, { message, isHeld, untilMs }]): Delivery[] =>
    told.has(message)
      ? []
      : [
          {
            ...{ id, data, message, status: 'pending', attempts: 0 },
            ...(isHeld && { held: { why, untilMs } }),
          },
        ],
  );
  return [...sent.value, ...waiting];
}

/** An alert that is told later, or in the message of another, says so in the log. */
async function noteHeld(
  { target }: LaneKey,
  { id }: NewAlert,
  { message, isHeld, untilMs }: Placement,
  { log, now }: DeliveryParts,
): Promise<void> {
  if (message === id && !isHeld) return;
  const held = { status: 'held' as const, atMs: now(), toldWith: message, untilMs };
  await log.note(id, target, held, ['new']);
}

/**
 * Tells what has waited long enough, until nothing is left or it is `untilMs`. A target that fails
 * one is left alone until the next time.
 */
export async function deliverDue(parts: DeliveryParts, untilMs: number): Promise<Deliveries> {
  const deliveries: Delivery[] = [];
  const errors: unknown[] = [];
  const down = new Set<string>();
  for (;;) {
    const keys = await parts.lanes.due(parts.now());
    const before = deliveries.length;
    const sent = await inTurns(keys, async (key) => {
      if (down.has(key.target) || parts.now() >= untilMs) return [];
      let isClaimed = false;
      const standing = await parts.lanes.change(
        key,
        (lane) => {
          const sealed = sealDue(lane, parts.now());
          const claimed = claimNext(sealed, parts.now());
          isClaimed = claimed !== undefined;
          return claimed ?? sealed;
        },
        parts.now(),
      );
      const some = isClaimed ? await sendLane(key, standing, new Map(), parts) : [];
      if (some.some(({ status }) => status === 'pending')) down.add(key.target);
      return some;
    });
    deliveries.push(...sent.results.flatMap((some) => some ?? []));
    errors.push(...sent.errors);
    if (deliveries.length === before || parts.now() >= untilMs) return { deliveries, errors };
  }
}

/** Does something for each, a few at a time; what fails keeps no other from being done. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  each: (item: Item) => Promise<Result>,
): Promise<{ readonly results: readonly (Result | undefined)[]; readonly errors: unknown[] }> {
  const results: (Result | undefined)[] = items.map(() => undefined);
  const errors: unknown[] = [];
  const left = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of left) {
      try {
        results[index] = await each(item);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, items.length) }, work));
  return { results, errors };
}
