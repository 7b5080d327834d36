import { parseArgs } from 'node:util';
import { formats } from '../web/format.ts';
import { type Connection, freshness } from '../web/freshness.ts';
import type { LiveSource } from '../web/live-source.ts';
import { pastedToken } from '../web/pasted-token.ts';
import { startPolling } from '../web/poll.ts';
import { mayHaveReceiver } from '../web/sent-messages.ts';
import { shopNames } from '../web/shop-names.ts';
import { TokenRefusal } from '../web/token-refusal.ts';
import { apiToken } from './api-token.ts';
import { type Place, placeArguments, placeOptions, placeUsage } from './options/place.ts';
import { runCommand } from './run-command.ts';
import { shopAddress } from './shop-address.ts';
import { blocksOf, type Watched } from './watch/blocks.ts';
import { figuresSource } from './watch/figures-source.ts';
import { layOut, type Styled } from './watch/lay-out.ts';
import { openScreen, type Screen } from './watch/screen.ts';
import { summaryLine } from './watch/summary-line.ts';

const usage = `npm run watch [-- options]

Shows what the live page shows, in the terminal: revenue, sales pulse, top products, interest, funnel,
alerts and the pipeline, drawn in place once a second. Where no terminal is, one line per change.

  --once           draws once and ends
  --json           the document of GET /live as it is, one per line
  --url URL        where the API answers, instead of asking the place below
  --token TOKEN    where figures are not for everyone; SHOP_TOKEN is taken as well, and stands in no
                   list of processes. Without either one is signed, for who may read the key
${placeUsage(15)}

Ctrl-C ends it.`;

const plainWidth = 122;
const namesMs = 1_500;
/** Products and categories. */
const namedLists = 2;
const plain: Styled = (text) => text;
const bold: Styled = (text, style) => (style === 'title' ? `\u001b[1m${text}\u001b[22m` : text);

interface Options extends Place {
  readonly once: boolean;
  readonly json: boolean;
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

await runCommand(main, { endsWithReader: true });

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      url: { type: 'string' },
      token: { type: 'string' },
      ...placeOptions,
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const base = await baseOf(values);
  const source = figuresSource(addressAt(base)('live'), tokensOf(values));
  await (values.once ? showOnce(base, source, values) : follow(base, source, values));
  return 0;
}

function tokensOf({ url, token, aws, stage, data }: Options): Parameters<typeof figuresSource>[1] {
  const place = { aws, stage, data };
  const said = token ?? process.env['SHOP_TOKEN'];
  const given = said ? pastedToken(said) : undefined;
  if (said && given === undefined) {
    const name = token === undefined ? 'SHOP_TOKEN' : '--token';
    throw new RangeError(
      `Cannot watch: ${name} takes what npm run -s token prints: received something else`,
    );
  }
  const isElsewhere = url !== undefined && !mayHaveReceiver(new URL(url).hostname);
  return {
    given,
    sign: url === undefined ? () => apiToken({ role: 'analyst', ...place }) : undefined,
    command: `npm run -s token -- --role analyst${isElsewhere ? ' --aws' : placeArguments(place)}`,
  };
}

async function baseOf({ url, ...place }: Options): Promise<string> {
  const address = url ?? (await shopAddress(place));
  if (!URL.canParse(address) || !/^https?:/.test(address)) {
    throw new RangeError(`Cannot watch: --url takes an address of the web: received "${address}"`);
  }
  return address.endsWith('/') ? address : `${address}/`;
}

async function showOnce(base: string, source: LiveSource, { json }: Options): Promise<void> {
  const document = await source.ask().catch((error) => {
    throw error instanceof TokenRefusal ? error : unread(base, error);
  });
  if (document === undefined) return;
  if (json) return console.log(JSON.stringify(document));
  const format = formats(undefined, document.currency);
  const watched = { document, format, serverNowMs: Date.now() + source.clockAheadMs() };
  // What is drawn first says which names are wanted.
  const named = Promise.withResolvers<void>();
  let lists = 0;
  const names = shopNames(addressAt(base), () => {
    lists += 1;
    if (lists === namedLists) named.resolve();
  });
  const drawn = () =>
    layOut(blocksOf({ ...watched, names }), process.stdout.columns ?? plainWidth, plain);
  drawn();
  await Promise.race([named.promise, new Promise((done) => setTimeout(done, namesMs))]);
  console.log(drawn().join('\n'));
}

/** Until it is interrupted. */
async function follow(base: string, source: LiveSource, { json }: Options): Promise<void> {
  const screen: Screen | undefined =
    !json && process.stdout.isTTY ? openScreen(process.stdout) : undefined;
  const names = shopNames(addressAt(base), () => draw());
  let watched: Watched | undefined;
  let connection: Connection = { kind: 'connecting' };
  let said = '';
  const ended = Promise.withResolvers<TokenRefusal | undefined>();

  function state() {
    const nowMs = Date.now();
    const clock = { nowMs, serverNowMs: nowMs + source.clockAheadMs() };
    const format = watched?.format ?? formats(undefined, 'USD');
    return freshness(watched?.document, connection, clock, format);
  }

  function draw(): void {
    if (screen === undefined) return;
    const { label, reason } = state();
    const width = process.stdout.columns ?? plainWidth;
    const head = `Shop live · ${label}${reason === '' ? '' : `: ${reason}`}`;
    const title = head.length > width ? `${head.slice(0, width - 1)}…` : head;
    const serverNowMs = Date.now() + source.clockAheadMs();
    const blocks = watched ? blocksOf({ ...watched, serverNowMs }) : [];
    screen.draw([
      bold(title, 'title'),
      '',
      ...(blocks.length > 0 ? layOut(blocks, width, bold) : []),
    ]);
  }

  /** Without a terminal only what is new is said; that time goes on is not. */
  function say(line: string, time = ''): void {
    if (screen === undefined && line !== said) console.log(time + line);
    said = line;
  }

  startPolling({
    hidden: () => false,
    async ask() {
      const document = await source.ask();
      connection = { kind: 'answering' };
      if (document !== undefined) {
        const format = formats(undefined, document.currency);
        watched = { document, format, names, serverNowMs: Date.now() + source.clockAheadMs() };
        if (json) say(JSON.stringify(document));
        else say(summaryLine(watched, state().label), timeOf(watched));
      }
      draw();
    },
    onFailure(error, retryAtMs) {
      if (error instanceof TokenRefusal) return ended.resolve(error);
      const reason = error instanceof Error ? error.message : String(error);
      const sinceMs = connection.kind === 'away' ? connection.sinceMs : Date.now();
      if (screen === undefined && connection.kind !== 'away') {
        console.error(`${unread(base, error).message}; it is asked again and again`);
      }
      connection = { kind: 'away', reason, sinceMs, retryAtMs };
      draw();
    },
  });
  const ages = setInterval(draw, 1000);
  process.stdout.on('resize', draw);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => ended.resolve(undefined));
  }
  const refusal = await ended.promise;
  clearInterval(ages);
  screen?.leave();
  if (refusal) console.error(refusal.message);
  process.exit(refusal ? 1 : 0);
}

/** What keeps the document away, with the address and what to do. */
function unread(base: string, cause: unknown): Error {
  const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/^The/, 'the');
  return new Error(
    `Cannot watch: ${reason}; start the shop with npm start, or say with --url where it is: received ${base}`,
    { cause },
  );
}

/** The time of the shop's API, before a line. */
function timeOf({ serverNowMs }: Watched): string {
  return `${new Date(serverNowMs).toISOString().slice(11, 19)}  `;
}

function addressAt(base: string): (path: string) => string {
  return (path) => new URL(path, base).href;
}
