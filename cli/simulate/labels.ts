import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { Label } from '../shoppers/order-book.ts';

/** A file of labels, one line of JSON for each order; what it holds stays. */
export interface LabelFile {
  add(label: Label): void;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

export async function openLabels(file: string): Promise<LabelFile> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  const stream = (await open(file, 'a')).createWriteStream();
  return {
    add: (label) => void stream.write(`${JSON.stringify(label)}\n`),
    close: () =>
      new Promise((resolve, reject) => {
        stream.once('error', reject);
        stream.end(resolve);
      }),
  };
}
