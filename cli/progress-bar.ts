export interface ProgressBar {
  /** So many more are done. */
  add(count: number): void;
  /** Says what was done in all; nothing is written afterwards. */
  end(): void;
}

export interface ProgressOptions {
  /** What is counted, as in "products". */
  readonly label: string;
  /** How many there will be, where that is known. */
  readonly total?: number | undefined;
  /** Where the total is not known but the share that is done is: from 0 to 1. */
  readonly share?: (() => number) | undefined;
  /** @default standard error, so that results on standard output stay clean */
  readonly out?: ProgressOutput | undefined;
  /** Epoch milliseconds, or any clock that counts them. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** A terminal, a pipe or a file. */
interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const redrawMs = 100;
const lineMs = 3_000;
const barWidth = 20;

/** On a terminal one line that is written anew, elsewhere a line every few seconds. */
export function progressBar(options: ProgressOptions): ProgressBar {
  const { label, total, out = process.stderr, now = Date.now } = options;
  const isTerminal = out.isTTY === true;
  const startedMs = now();
  let writtenMs = startedMs;
  let done = 0;
  let ended = false;

  function line(): string {
    const tookMs = now() - startedMs;
    const share = total === undefined ? options.share?.() : total === 0 ? 1 : done / total;
    const of = total === undefined ? '' : ` of ${total.toLocaleString('en')}`;
    const left =
      share === undefined || share <= 0 || tookMs <= 0
        ? ''
        : `  ${spanText(Math.max(0, tookMs / share - tookMs))} left`;
    const bar = isTerminal && share !== undefined ? ` ${barOf(share)}` : '';
    return `${label}${bar}  ${done.toLocaleString('en')}${of}  ${rateText(done, tookMs)}${left}`;
  }

  return {
    add(count) {
      done += count;
      const nowMs = now();
      if (ended || nowMs - writtenMs < (isTerminal ? redrawMs : lineMs)) return;
      writtenMs = nowMs;
      if (isTerminal) out.write(`\r${line().slice(0, (out.columns ?? 80) - 1)}\x1b[K`);
      else out.write(`${line()}\n`);
    },
    end() {
      if (ended) return;
      ended = true;
      const tookMs = now() - startedMs;
      const text = `${label}  ${done.toLocaleString('en')} in ${spanText(tookMs)}  ${rateText(done, tookMs)}`;
      out.write(isTerminal ? `\r${text}\x1b[K\n` : `${text}\n`);
    },
  };
}

function barOf(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * barWidth);
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}

/** Less than a millisecond is no time to divide by. */
function rateText(done: number, tookMs: number): string {
  return `${Math.round((done * 1_000) / Math.max(1, tookMs)).toLocaleString('en')}/s`;
}

function spanText(spanMs: number): string {
  const seconds = spanMs / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
