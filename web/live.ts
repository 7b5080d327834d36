import type { LiveDocument } from '../shared/events/live.ts';
import { formats } from './format.ts';
import { type Connection, freshness } from './freshness.ts';
import { liveSource } from './live-source.ts';
import { alertsPart } from './parts/alerts.ts';
import { part } from './parts/dom.ts';
import { funnelPart } from './parts/funnel.ts';
import { healthPart } from './parts/health.ts';
import { interestPart } from './parts/interest.ts';
import { messagesPart } from './parts/messages.ts';
import { mostViewedPart } from './parts/most-viewed.ts';
import { ordersPart } from './parts/orders.ts';
import { pulsePart } from './parts/pulse.ts';
import { revenuePart } from './parts/revenue.ts';
import { statusPart } from './parts/status.ts';
import { summaryPart } from './parts/summary.ts';
import { topProductsPart } from './parts/top-products.ts';
import { startPolling } from './poll.ts';
import { mayHaveReceiver, sentMessages } from './sent-messages.ts';
import { shopNames } from './shop-names.ts';

const messagesEveryMs = 3000;

const source = liveSource('live');
const names = shopNames(
  (path) => path,
  () => draw(),
);
const parts = [
  ...[summaryPart(), revenuePart(), pulsePart(), topProductsPart(), interestPart(), funnelPart()],
  ...[ordersPart(), mostViewedPart(), alertsPart(), healthPart()],
];
const drawStatus = statusPart(() => askNow());
let format = formats(undefined, 'USD');
let live: LiveDocument | undefined;
let connection: Connection = { kind: 'connecting' };

function draw(): void {
  const nowMs = Date.now();
  const serverNowMs = nowMs + source.clockAheadMs();
  if (live !== undefined) {
    const view = { document: live, serverNowMs, format, names };
    for (const drawPart of parts) drawPart(view);
  }
  drawStatus(freshness(live, connection, { nowMs, serverNowMs }, format), dataAge(serverNowMs));
}

/** How old the youngest thing on the page is. */
function dataAge(serverNowMs: number): string {
  if (live === undefined) return '';
  const sections = [
    ...[live.revenue, ...live.longerRevenue, ...live.topProducts, live.salesPulse],
    ...[live.productInterest, live.funnel, live.abandonedCarts, live.mostViewed],
    ...[live.orders, live.alerts, ...live.health],
  ];
  const newestMs = Math.max(...sections.map((section) => section?.updatedAtMs ?? 0));
  if (newestMs === 0) return '';
  const ageMs = Math.max(0, serverNowMs - newestMs);
  return ageMs < 3000 ? 'up to date' : `data ${format.duration(ageMs)} old`;
}

const askNow = startPolling({
  hidden: () => document.hidden,
  async ask() {
    const answer = await source.ask();
    connection = { kind: 'answering' };
    if (answer !== undefined) {
      if (answer.currency !== live?.currency) format = formats(undefined, answer.currency);
      live = answer;
    }
    draw();
  },
  onFailure(error, retryAtMs) {
    const reason = error instanceof Error ? error.message : String(error);
    const sinceMs = connection.kind === 'away' ? connection.sinceMs : Date.now();
    connection = { kind: 'away', reason, sinceMs, retryAtMs };
    draw();
  },
});
// Ages and the countdown go on while no answer comes.
setInterval(draw, 1000);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) askNow();
});
window.addEventListener('online', askNow);

if (mayHaveReceiver(location.hostname)) showMessages();

/** Follows the webhook receiver of this machine, if there is one. */
function showMessages(): void {
  const panel = part('messages');
  const drawMessages = messagesPart();
  panel.hidden = false;
  const timer = setInterval(follow, messagesEveryMs);
  void follow();

  async function follow(): Promise<void> {
    if (document.hidden || connection.kind === 'away') return;
    try {
      const messages = await sentMessages('local/webhook');
      if (messages !== undefined) return drawMessages(messages, format);
      panel.hidden = true;
      clearInterval(timer);
    } catch {
      // Nothing answers at this address; the poll of the figures says so to the reader.
    }
  }
}
