import { type FileHandle, open } from 'node:fs/promises';

/** A line that was not taken over, and why. */
export interface Refusal {
  readonly line: number;
  readonly field: string;
  readonly reason: string;
}

/** Collects what is refused: the first for people, all of it for the file they ask for. */
export interface Refusals {
  readonly count: () => number;
  add(refusal: Refusal): void;
  /** Text for people; undefined when nothing was refused. */
  text(): string | undefined;
  /** Resolves when the file is written. */
  close(): Promise<void>;
}

const shownMax = 10;

/** @param file CSV with line, column and reason of everything refused; undefined: no file. */
export async function collectRefusals(file: string | undefined): Promise<Refusals> {
  const shown: Refusal[] = [];
  let count = 0;
  let handle: FileHandle | undefined;
  let written = Promise.resolve();
  if (file !== undefined) {
    handle = await open(file, 'w');
    await handle.appendFile('line,column,reason\n');
  }
  return {
    count: () => count,
    add(refusal) {
      count += 1;
      if (shown.length < shownMax) shown.push(refusal);
      const { line, field, reason } = refusal;
      const row = `${[line, field, reason].map(cell).join(',')}\n`;
      if (handle) written = written.then(() => handle?.appendFile(row));
    },
    text() {
      if (count === 0) return undefined;
      const rows = shown.map(({ line, field, reason }) => `  line ${line}, ${field}: ${reason}`);
      const more = count > shown.length ? [`  … and ${count - shown.length} more`] : [];
      return [
        `Refused: ${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'}`,
        ...rows,
        ...more,
      ].join('\n');
    },
    async close() {
      await written;
      await handle?.close();
    },
  };
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
