import type { AlertData } from '../events/alert.ts';
import { entityOf } from './entity.ts';

interface NamedAlert {
  readonly id: string;
  readonly data: AlertData;
}

/** What is told of an alert, and of those told with it, before it takes the form of a channel. */
export interface AlertMessage {
  /** The same at every attempt. */
  readonly id: string;
  /** The alert shown in full. */
  readonly lead: NamedAlert;
  /** How many alerts it tells of. */
  readonly count: number;
  /** Some of the others. */
  readonly others: readonly NamedAlert[];
  /** When the first of them came. */
  readonly sinceMs: number;
  /** Length of the digest it is, if it is one. */
  readonly digestMs?: number | undefined;
  /** Where the shop's API answers; paths lead there. */
  readonly shopUrl: string;
}

/** The words of a message, the same in every form. */
interface AlertWords {
  readonly title: string;
  readonly reason: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** What was held back, and a line for some of it. */
  readonly more: readonly string[];
  readonly links: readonly { readonly title: string; readonly url: string }[];
  readonly footer: string;
}

const icons = { info: 'ℹ️', warning: '⚠️', critical: '🚨' };

/** Says what happened, why it is told, how sure that is, over which time, and where to look next. */
export function alertWords(message: AlertMessage): AlertWords {
  const { data } = message.lead;
  const isDigest = message.digestMs !== undefined && message.count > 1;
  const title = isDigest ? `${message.count} alerts, among them: ${data.title}` : data.title;
  return {
    title: `${icons[data.severity]} ${title}`,
    reason: data.reason,
    fields: fieldsOf(data),
    more: message.count > 1 ? [heldBack(message), ...message.others.map(line)] : [],
    links: linksOf(message),
    footer: `${data.rule} v${data.ruleVersion} · ${instant(data.atMs)} · ${message.id}`,
  };
}

function fieldsOf(data: AlertData): [string, string][] {
  const { orderId, customerId, totalCents } = data;
  const { kind, id } = entityOf(data);
  return [
    ...(orderId === undefined ? [] : [['Order', orderId] as [string, string]]),
    ...(customerId === undefined ? [] : [['Customer', customerId] as [string, string]]),
    ...(totalCents === undefined ? [] : [['Value', amount(totalCents)] as [string, string]]),
    ['Severity', data.severity],
    ...(kind === 'customer' ? [] : [['About', `${kind} ${id}`] as [string, string]]),
    ['How sure', howSure(data)],
    ['Window', data.window ? span(data.window) : 'this event alone'],
    ...(data.facts ?? []).map(({ name, value }): [string, string] => [name, value]),
  ];
}

function amount(cents: number): string {
  return (cents / 100).toLocaleString('en-US', { minimumFractionDigits: 2 });
}

function howSure({ confidence, confidenceBasis }: AlertData): string {
  if (confidence === undefined) return confidenceBasis ?? 'not measured';
  const percent = `${Math.round(confidence * 100)} %`;
  return confidenceBasis === undefined ? percent : `${percent}: ${confidenceBasis}`;
}

function heldBack({ count, sinceMs, digestMs }: AlertMessage): string {
  const others = count === 2 ? 'one more alert' : `${count - 1} more alerts`;
  const why = digestMs === undefined ? 'held back' : 'gathered';
  return `And ${others}, ${why} since ${instant(sinceMs)}`;
}

function line({ data }: NamedAlert): string {
  return `${instant(data.atMs).slice(11, 19)} ${data.reason}`;
}

function linksOf({ lead, shopUrl }: AlertMessage): AlertWords['links'] {
  const own = [
    ...(lead.data.links ?? []),
    { title: 'Alert', path: `/alerts/${encodeURIComponent(lead.id.toWellFormed())}` },
    { title: 'Live page', path: '/dashboard' },
  ];
  return own.flatMap(({ title, path }) => {
    const url =
      path.startsWith('/') && shopUrl !== '' ? `${shopUrl.replace(/\/$/, '')}${path}` : path;
    return /^https?:\/\//.test(url) && URL.canParse(url) ? [{ title, url: new URL(url).href }] : [];
  });
}

function span({ startMs, endMs }: { startMs: number; endMs: number }): string {
  return `${instant(startMs)} to ${instant(endMs).slice(11)}`;
}

function instant(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
