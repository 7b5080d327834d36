import { parseArgs } from 'node:util';
import { formats } from '../web/format.ts';
import { type Connection, freshness } from '../web/freshness.ts';
import { liveSource } from '../web/live-source.ts';
import { startPolling } from '../web/poll.ts';
import { shopNames } from '../web/shop-names.ts';
import { type Place, placeOptions, placeUsage } from './options/place.ts';
import { runCommand } from './run-command.ts';
import { shopAddress } from './shop-address.ts';
import { blocksOf, type Watched } from './watch/blocks.ts';
import { layOut, type Styled } from './watch/lay-out.ts';
import { openScreen, type Screen } from './watch/screen.ts';
import { summaryLine } from './watch/summary-line.ts';

const usage = `npm run watch [-- options]

Shows what the live page shows, in the terminal: revenue, sales pulse, top products, interest, funnel,
alerts and the pipeline, drawn in place once a second. Where no terminal is, one line per change.

  --once           draws once and ends
  --json           the document of GET /live as it is, one per line
  --url URL        where the API answers, instead of asking the place below
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
}

await runCommand(main, { endsWithReader: true });

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      url: { type: 'string' },
      ...placeOptions,
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const base = await baseOf(values);
  await (values.once ? showOnce(base, values) : follow(base, values));
  return 0;
}

async function baseOf({ url, ...place }: Options): Promise<string> {
  const address = url ?? (await shopAddress(place));
  if (!URL.canParse(address) || !/^https?:/.test(address)) {
    throw new RangeError(`Cannot watch: --url takes an address of the web: received "${address}"`);
  }
  return address.endsWith('/') ? address : `${address}/`;
}

async function showOnce(base: string, { json }: Options): Promise<void> {
  const source = liveSource(addressAt(base)('live'));
  const document = await source.ask();
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
async function follow(base: string, { json }: Options): Promise<void> {
  const screen: Screen | undefined =
    !json && process.stdout.isTTY ? openScreen(process.stdout) : undefined;
  const source = liveSource(addressAt(base)('live'));
  const names = shopNames(addressAt(base), () => draw());
  let watched: Watched | undefined;
  let connection: Connection = { kind: 'connecting' };
  let said = '';

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
      const reason = error instanceof Error ? error.message : String(error);
      const sinceMs = connection.kind === 'away' ? connection.sinceMs : Date.now();
      if (screen === undefined && connection.kind !== 'away') {
        console.error(`${reason}; it is asked again until it does`);
      }
      connection = { kind: 'away', reason, sinceMs, retryAtMs };
      draw();
    },
  });
  const ages = setInterval(draw, 1000);
  process.stdout.on('resize', draw);
  await new Promise<void>((ended) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended());
  });
  clearInterval(ages);
  screen?.leave();
  process.exit(0);
}

/** The time of the shop's API, before a line. */
function timeOf({ serverNowMs }: Watched): string {
  return `${new Date(serverNowMs).toISOString().slice(11, 19)}  `;
}

function addressAt(base: string): (path: string) => string {
  return (path) => new URL(path, base).href;
}
