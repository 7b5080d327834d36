import { entityKey } from '../../shared/alerts/entity.ts';
import {
  claimNext,
  type Lane,
  type Placement,
  placeAlert,
  sealDue,
} from '../../shared/alerts/lane.ts';
import type { LaneCursor, LaneKey, StandingLane } from '../../shared/alerts/lane-table.ts';
import { isMuted } from '../../shared/alerts/mutes.ts';
import type { AlertData } from '../../shared/events/alert.ts';
import { outdatedMs, routeOf, targetsOf } from './routes.ts';
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
  /** How the lane stood a moment ago, if that could be read. */
  readonly known: Promise<StandingLane | undefined>;
  readonly digestMs: number | undefined;
  readonly alerts: NewAlert[];
}

/** Lanes of a target that are worked on at the same time; the alerts of one lane go one by one. */
const lanesAtOnceMax = 16;
const logsAtOnceMax = 32;
/** After this a batch only places its alerts, so that it ends before the function's time does. */
const batchMaxMs = 25_000;

/**
 * Logs the alerts of a batch and tells those that nothing holds back. Once a target has failed, its
 * alerts only wait in their lanes: the schedule sends them, and neither a batch nor another target
 * waits for a receiver that is down. Ends when nothing is under way any more, also where there were
 * errors.
 */
export async function deliverAll(
  alerts: readonly NewAlert[],
  parts: DeliveryParts,
): Promise<Deliveries> {
  if (alerts.length === 0) return { deliveries: [], errors: [] };
  const untilMs = parts.now() + batchMaxMs;
  const known = await parts.targetNames();
  const muted = parts.mutes();
  const loads = new Map<string, LaneLoad>();
  const deliveries: Delivery[] = [];

  /** A lane is read while its alerts are being logged: most of them go out at once. */
  function loadOf({ data }: NewAlert, target: string): LaneLoad {
    const { name, digestMs } = routeOf(data);
    const entity = digestMs === undefined ? entityKey(data) : `${digestPrefix}${name}`;
    const key = { target, entity };
    const load = loads.get(`${target}#${entity}`) ?? {
      ...{ key, digestMs, alerts: [] },
      known: parts.lanes.read(key).catch(() => undefined),
    };
    loads.set(`${target}#${entity}`, load);
    return load;
  }

  async function logAlert(alert: NewAlert): Promise<readonly string[]> {
    const { id, data } = alert;
    const targets = targetsOf(routeOf(data), known);
    for (const target of targets) loadOf(alert, target);
    const [before, mutes] = await Promise.all([
      parts.log.begin(id, data, targets, parts.now()),
      muted,
    ]);
    const open = Object.keys(before).filter((target) => before[target]?.status === 'new');
    const atMs = parts.now();
    const agoMs = outdatedMs(data, atMs, parts.momentsToldWithinMs);
    const about = { kind: data.rule, entity: entityKey(data) };
    const isUntold = agoMs !== undefined || mutes.some((mute) => isMuted(mute, about, atMs));
    if (open.length === 0 || !isUntold) return open;
    const minutes = Math.round((agoMs ?? 0) / 60_000);
    const reason = agoMs === undefined ? agoMs : `it came ${minutes} min after what it tells of`;
    for (const target of open) {
      await parts.log.note(id, target, { status: 'muted', atMs, reason }, ['new']);
    }
    const why = agoMs === undefined ? 'mute' : 'age';
    deliveries.push({ id, data, status: 'pending', attempts: 0, held: { why } });
    return [];
  }

  const targets = await inTurns(alerts, logsAtOnceMax, logAlert);
  for (const [index, alert] of alerts.entries()) {
    for (const target of targets.results[index] ?? []) loadOf(alert, target).alerts.push(alert);
  }
  const open = [...loads.values()].filter((load) => load.alerts.length > 0);
  const sent = await perTarget(open, (load) => deliverLoad(load, untilMs, parts));
  return {
    deliveries: [...deliveries, ...sent.deliveries],
    errors: [...targets.errors, ...sent.errors],
  };
}

/** Places the alerts of one lane in one write, and sends what goes out of it now. */
async function deliverLoad(
  { key, known, digestMs, alerts }: LaneLoad,
  untilMs: number,
  parts: DeliveryParts,
): Promise<readonly Delivery[]> {
  const placements = new Map<NewAlert, Placement>();
  let isClaimed = false;
  const nowMs = parts.now();
  const onlyWaits = nowMs >= untilMs || parts.outages.has(key.target, nowMs);
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
      const claimed = onlyWaits ? undefined : claimNext(lane, nowMs);
      isClaimed = claimed !== undefined;
      return claimed ?? lane;
    },
    nowMs,
    await known,
  );
  const fresh = [...placements].filter(([, { again }]) => !again);
  const inHand = new Map(fresh.map(([{ id, data }]) => [id, data]));
  const [notes, sent] = await Promise.allSettled([
    Promise.all([...placements].map(([alert, at]) => noteHeld(key, alert, at, parts))),
    isClaimed ? sendLane(key, standing, inHand, parts) : [],
  ]);
  if (sent.status === 'rejected') throw sent.reason;
  if (notes.status === 'rejected') throw notes.reason;
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
 * is left alone until its outage is over; the lanes of the others are looked for behind its own.
 */
export async function deliverDue(parts: DeliveryParts, untilMs: number): Promise<Deliveries> {
  const deliveries: Delivery[] = [];
  const errors: unknown[] = [];
  const nowMs = parts.now();
  let from: LaneCursor | undefined;
  do {
    const { lanes, next } = await parts.lanes.due(nowMs, parts.outages.all(parts.now()), from);
    const sent = await perTarget(
      lanes.map((key) => ({ key })),
      ({ key }) => deliverLane(key, untilMs, parts),
    );
    deliveries.push(...sent.deliveries);
    errors.push(...sent.errors);
    from = next;
  } while (from && parts.now() < untilMs);
  return { deliveries, errors };
}

async function deliverLane(
  key: LaneKey,
  untilMs: number,
  parts: DeliveryParts,
): Promise<readonly Delivery[]> {
  const nowMs = parts.now();
  if (parts.outages.has(key.target, nowMs) || nowMs >= untilMs) return [];
  let isClaimed = false;
  const claim = (lane: Lane): Lane => {
    const sealed = sealDue(lane, parts.now());
    const claimed = claimNext(sealed, parts.now());
    isClaimed = claimed !== undefined;
    return claimed ?? sealed;
  };
  const standing = await parts.lanes.change(key, claim, nowMs);
  return isClaimed ? await sendLane(key, standing, new Map(), parts) : [];
}

/** Does something for lanes, a few of each target at a time: none waits for another target. */
async function perTarget<Item extends { readonly key: LaneKey }>(
  items: readonly Item[],
  each: (item: Item) => Promise<readonly Delivery[]>,
): Promise<Deliveries> {
  const groups = Map.groupBy(items, ({ key }) => key.target);
  const done = await Promise.all(
    [...groups.values()].map((group) => inTurns(group, lanesAtOnceMax, each)),
  );
  return {
    deliveries: done.flatMap(({ results }) => results.flatMap((some) => some ?? [])),
    errors: done.flatMap(({ errors }) => errors),
  };
}

/** Does something for each, a few at a time; what fails keeps no other from being done. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  atOnceMax: number,
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
