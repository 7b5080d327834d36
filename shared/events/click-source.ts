import type { StreamRecord } from '../stream/record.ts';
import { type Decoded, oncePerBatch, type Source } from '../stream/source.ts';
import {
  type ClickRecord,
  clickSchemaVersion,
  clickTypes,
  recordedNameLengthMax,
  recordedPageLengthMax,
} from './click.ts';

type ClickType = ClickRecord['type'];

/**
 * The click stream as a source of clicks, of these types or of all. A click is known by the
 * `eventId` that its sender gave it. One that is told as history is no news; jobs learn it from the
 * lake. Sources of other types over the same batch share its decoding.
 *
 * Ticks are put by a clock that waits for each acknowledgement, so they need no time to settle.
 */
export function clicks(types: readonly ClickType[] = clickTypes): Source<ClickRecord> {
  const wanted = new Set(types);
  const isWanted = (decoded: Decoded<ClickRecord>) =>
    decoded.kind !== 'event' || wanted.has(decoded.event.type);
  const all = wanted.size === clickTypes.length;
  return {
    stream: 'clickstream',
    tickSettleMs: 0,
    decode: (records) => {
      const read = readClicks(records);
      return all ? read : read.map((decoded) => (isWanted(decoded) ? decoded : ignored));
    },
  };
}

const ignored = { kind: 'ignored' } as const;
const decoder = new TextDecoder('utf-8', { fatal: true });

const readClicks = oncePerBatch((record: StreamRecord): Decoded<ClickRecord> => {
  const decoded = decodeClick(record);
  return decoded.kind === 'event' && decoded.event.isBackfill ? ignored : decoded;
});

/** What one record of the click stream is, a click that is told as history included. */
export function decodeClick({ data, arrivalMs }: StreamRecord): Decoded<ClickRecord> {
  let json: unknown;
  try {
    json = JSON.parse(decoder.decode(data));
  } catch (error) {
    return undecodable(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(json)) return undecodable('neither a click nor a tick: it is no object');
  if (json['type'] === 'tick') {
    const atMs = json['at'];
    if (isWhole(atMs)) return { kind: 'tick', atMs };
    return undecodable(`tick: ${wrong('at', 'epoch milliseconds', atMs).message}`);
  }
  try {
    const event = readClick(json);
    // A click is committed when the stream has taken it.
    return { kind: 'event', event, id: event.eventId, committedAtMs: arrivalMs };
  } catch (error) {
    return undecodable(`click: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const types = new Map<unknown, ClickType>(clickTypes.map((type) => [type, type]));

/** The checks of {@link clickRecord}, by hand, because every click comes through here. */
function readClick(json: Readonly<Record<string, unknown>>): ClickRecord {
  const schemaVersion = json['schemaVersion'];
  if (schemaVersion !== clickSchemaVersion) {
    throw wrong('schemaVersion', String(clickSchemaVersion), schemaVersion);
  }
  const type = types.get(json['type']);
  if (type === undefined) throw wrong('type', `one of ${clickTypes.join(', ')}`, json['type']);
  const occurredAtMs = json['occurredAtMs'];
  if (!isWhole(occurredAtMs)) throw wrong('occurredAtMs', 'epoch milliseconds', occurredAtMs);
  const productId = json['productId'];
  if (productId !== null && !isWhole(productId)) {
    throw wrong('productId', 'a whole number or null', productId);
  }
  const consent = json['consent'];
  if (consent !== 'statistics' && consent !== 'personal') {
    throw wrong('consent', 'statistics or personal', consent);
  }
  const isBackfill = json['isBackfill'];
  if (isBackfill !== undefined && isBackfill !== true) {
    throw wrong('isBackfill', 'true or nothing', isBackfill);
  }
  return {
    schemaVersion,
    eventId: name('eventId', json['eventId']),
    type,
    occurredAtMs,
    session: name('session', json['session']),
    user: nameOrNull('user', json['user']),
    productId,
    category: nameOrNull('category', json['category']),
    ...(json['page'] !== undefined && { page: name('page', json['page'], recordedPageLengthMax) }),
    consent,
    ...(isBackfill && { isBackfill }),
  };
}

function name(field: string, value: unknown, lengthMax = recordedNameLengthMax): string {
  if (typeof value === 'string' && value.length <= lengthMax) return value;
  throw wrong(field, `a text of at most ${lengthMax} characters`, value);
}

function nameOrNull(field: string, value: unknown): string | null {
  return value === null ? null : name(field, value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(field: string, expected: string, received: unknown): RangeError {
  const value = received === undefined ? 'nothing' : JSON.stringify(received);
  return new RangeError(`${field}: ${expected} is expected: received ${value}`);
}

function undecodable(reason: string) {
  return { kind: 'undecodable', reason } as const;
}
