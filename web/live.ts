import type { LiveDocument } from '../shared/events/live.ts';
import { formats } from './format.ts';
import { type Connection, freshness } from './freshness.ts';
import { keptToken } from './kept-token.ts';
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
import { signInPart } from './parts/sign-in.ts';
import { statusPart } from './parts/status.ts';
import { summaryPart } from './parts/summary.ts';
import { topProductsPart } from './parts/top-products.ts';
import { startPolling } from './poll.ts';
import { mayHaveReceiver, sentMessages } from './sent-messages.ts';
import { shopNames } from './shop-names.ts';
import { TokenRefusal } from './token-refusal.ts';

const messagesEveryMs = 3000;

const token = keptToken(() => sessionStorage);
const source = liveSource('live', token.get);
const signIn = signInPart({
  isLocal: mayHaveReceiver(location.hostname),
  onToken(pasted) {
    token.keep(pasted);
    connection = { kind: 'connecting' };
    askNow();
  },
  onSignOut() {
    token.forget();
    location.reload();
  },
});
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

/** The document, undefined where it is unchanged; asks for a token where it takes one. */
async function figures(whyRefused = ''): Promise<LiveDocument | undefined | 'refused'> {
  try {
    return await source.ask();
  } catch (error) {
    if (!(error instanceof TokenRefusal)) throw error;
    if (live !== undefined) {
      // Nothing of what was shown stays behind; asked again, the API says why.
      location.reload();
    } else if (token.get() !== undefined) {
      token.forget();
      // Where the figures are for everyone an old token is no hindrance.
      return await figures(error.message);
    } else signIn.open(whyRefused);
    connection = { kind: 'signed-out' };
    return 'refused';
  }
}

const askNow = startPolling({
  hidden: () => document.hidden,
  async ask() {
    // Until there is a token there is nothing to ask for.
    if (connection.kind === 'signed-out') return;
    const answer = await figures();
    if (answer === 'refused') return draw();
    connection = { kind: 'answering' };
    signIn.close(token.get() !== undefined);
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
