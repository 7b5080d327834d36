import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clickEvent } from '../../shared/events/click.ts';
import { clickSender, type SenderParts } from '../../web/click-sender.ts';

/** A sender in a browser whose time passes when `pass` is called. */
function inBrowser(over: Partial<SenderParts> = {}) {
  const shelf = () => {
    const kept = new Map<string, string>();
    return {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, text: string) => void kept.set(name, text),
    };
  };
  const posted: { eventId: string; [field: string]: unknown }[][] = [];
  const due: (() => void)[] = [];
  let ids = 0;
  const sender = clickSender({
    lasting: shelf(),
    ofTab: shelf(),
    doNotTrack: false,
    post: async (body) => {
      posted.push(JSON.parse(body).events);
      return 202;
    },
    newId: () => `id-${++ids}`,
    now: () => Date.UTC(2026, 4, 4, 12),
    later: (work) => void due.push(work),
    ...over,
  });
  async function pass(): Promise<void> {
    for (const work of due.splice(0)) work();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { sender, posted, pass, isIdle: () => due.length === 0 };
}

test('clicks of a moment go out together, each one as the intake takes it', async () => {
  const { sender, posted, pass } = inBrowser();
  sender.add({ type: 'page', page: '/dashboard' });
  sender.add({ type: 'view', productId: 7 });
  expect(posted).toEqual([]);
  await pass();
  expect(posted).toHaveLength(1);
  const events = posted.flat();
  for (const event of events) expect(clickEvent.parse(event)).toEqual(event);
  expect(events).toMatchObject([
    { type: 'page', page: '/dashboard', consent: 'statistics' },
    { type: 'view', productId: 7, occurredAt: '2026-05-04T12:00:00.000Z' },
  ]);
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(2);
  expect(new Set(events.map(({ sessionId }) => sessionId)).size).toBe(1);
});

test('the person decides: nothing, the click alone, or the click with who made it', async () => {
  const { sender, posted, pass } = inBrowser();
  sender.identify('42');
  sender.add({ type: 'view', productId: 1 });
  sender.consent('none');
  sender.add({ type: 'view', productId: 2 });
  sender.consent('personal');
  sender.add({ type: 'view', productId: 3 });
  await pass();
  expect(posted.flat().map(({ productId, userId }) => [productId, userId])).toEqual([
    [1, undefined],
    [3, '42'],
  ]);
});

test('a browser that asks not to be followed sends nothing, whatever was allowed', async () => {
  const { sender, posted, pass } = inBrowser({ doNotTrack: true });
  sender.consent('personal');
  sender.add({ type: 'page', page: '/' });
  await pass();
  expect(posted).toEqual([]);
});

test('what was refused for its content is not sent again', async () => {
  let calls = 0;
  const post = async () => {
    calls++;
    return 422;
  };
  const { sender, pass, isIdle } = inBrowser({ post });
  sender.add({ type: 'view', productId: 1 });
  await pass();
  expect(calls).toBe(1);
  expect(isIdle()).toBe(true);
});

test('however often the shop is away, each click arrives, under one id', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('taken', 'lost', 'away', 'busy'), { maxLength: 12 }),
      fc.integer({ min: 1, max: 180 }),
      async (fates, count) => {
        const arrived: string[] = [];
        const { sender, pass, isIdle } = inBrowser({
          async post(body) {
            const fate = fates.shift() ?? 'taken';
            if (fate === 'away') throw new TypeError('Failed to fetch');
            if (fate === 'busy') return 429;
            for (const { eventId } of JSON.parse(body).events) arrived.push(eventId);
            if (fate === 'lost') throw new TypeError('the answer was lost');
            return 202;
          },
        });
        for (let click = 1; click <= count; click++) sender.add({ type: 'view', productId: click });
        for (let turn = 0; turn < 40 && !isIdle(); turn++) await pass();
        expect(new Set(arrived).size).toBe(count);
      },
    ),
  );
});
