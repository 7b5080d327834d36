import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { streamState } from './stream-state.ts';

const fileContent = z.object({
  version: z.literal(1),
  /** The newest stamp ever given out. */
  lastStampMs: z.number().int().nonnegative(),
  streams: z.array(streamState),
  /** Folders whose records nobody wants any more, below the directory; removed at the next start. */
  discarded: z.array(z.string()),
});

export type StateFileContent = z.output<typeof fileContent>;

/** @throws Error when the file is there and cannot be understood. */
export function readStateFile(file: string): StateFileContent {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return { version: 1, lastStampMs: 0, streams: [], discarded: [] };
    }
    throw error;
  }
  try {
    return fileContent.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(
      `Cannot read streams: file is not what was written (start with --fresh to begin anew): received ${file}`,
      { cause },
    );
  }
}

/** Replaces the file as one step: after a crash it is either the old or the new one. */
export function writeStateFile(file: string, content: StateFileContent): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true });
  const next = `${file}.next`;
  const descriptor = openSync(next, 'w');
  try {
    writeFileSync(descriptor, JSON.stringify(content));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(next, file);
  if (process.platform === 'win32') return;
  const folderDescriptor = openSync(folder, 'r');
  fsyncSync(folderDescriptor);
  closeSync(folderDescriptor);
}
