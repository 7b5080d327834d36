import type { ClickEvent } from '../shared/events/click.ts';

type Consent = ClickEvent['consent'];

/** What a page tells of a click; the sender adds who, when and which. */
export type Click = Pick<ClickEvent, 'type' | 'productId' | 'category' | 'page'>;

export interface SenderParts {
  /** Keeps the person's choice. */
  readonly lasting: Pick<Storage, 'getItem' | 'setItem'>;
  /** Keeps the session as long as the tab. */
  readonly ofTab: Pick<Storage, 'getItem' | 'setItem'>;
  /** Whether the browser asks not to be followed. */
  readonly doNotTrack: boolean;
  /** Sends a body of JSON; gives the status, throws where nothing answers. */
  post(body: string): Promise<number>;
  newId(): string;
  /** Epoch milliseconds. */
  now(): number;
  /** Calls back once after some milliseconds. */
  later(work: () => void, delayMs: number): void;
}

const collectMs = 1_000;
const retryMs = 5_000;
const batchMax = 50;
/** More than a person clicks while a shop is away; then the oldest are let go. */
const waitingMax = 500;

/**
 * Collects clicks and sends them in batches, as the person allowed. What was not taken is sent again
 * under the same ids, so nothing counts twice.
 */
export function clickSender(parts: SenderParts) {
  let waiting: object[] = [];
  let sending = false;
  let timed = false;
  let userId: string | undefined;

  function consent(): Consent {
    if (parts.doNotTrack) return 'none';
    const chosen = parts.lasting.getItem('shop-consent');
    // Without a choice nothing is kept that leads to a person.
    return chosen === 'none' || chosen === 'personal' ? chosen : 'statistics';
  }

  function add(click: Click): void {
    const allowed = consent();
    if (allowed === 'none') return;
    const user = allowed === 'personal' && userId !== undefined ? { userId } : {};
    waiting.push({
      schemaVersion: 1,
      eventId: parts.newId(),
      occurredAt: new Date(parts.now()).toISOString(),
      sessionId: session(),
      consent: allowed,
      ...user,
      ...click,
    });
    waiting = waiting.slice(-waitingMax);
    sendIn(collectMs);
  }

  function session(): string {
    const known = parts.ofTab.getItem('shop-session');
    if (known !== null) return known;
    const made = parts.newId();
    parts.ofTab.setItem('shop-session', made);
    return made;
  }

  function sendIn(delayMs: number): void {
    if (timed) return;
    timed = true;
    parts.later(() => {
      timed = false;
      void flush();
    }, delayMs);
  }

  /** Sends what waits, now. */
  async function flush(): Promise<void> {
    if (sending || waiting.length === 0) return;
    sending = true;
    const batch = waiting.slice(0, batchMax);
    const taken = await isTaken(batch);
    if (taken) waiting = waiting.filter((event) => !batch.includes(event));
    sending = false;
    if (waiting.length > 0) sendIn(taken ? 0 : retryMs);
  }

  /** A batch that is refused for what is in it would be refused again: it counts as taken. */
  async function isTaken(batch: readonly object[]): Promise<boolean> {
    try {
      const status = await parts.post(JSON.stringify({ events: batch }));
      return status < 500 && status !== 429;
    } catch {
      return false;
    }
  }

  return {
    add,
    flush,
    consent: (level: Consent): void => parts.lasting.setItem('shop-consent', level),
    identify: (id: string | undefined): void => {
      userId = id;
    },
  };
}
