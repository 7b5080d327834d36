import { open, readFile, rename } from 'node:fs/promises';
import { z } from 'zod';

/** What the capture must know after a restart, beside what the slot knows. */
const captureState = z.strictObject({
  version: z.literal(1),
  /** Identity of the database cluster this belongs to. */
  system: z.string(),
  slot: z.string(),
  /** Tables whose rows have all been sent, `schema.table`. */
  loaded: z.array(z.string()),
  /** The last transaction that is durable in the stream; undefined before the first. */
  durable: z
    .strictObject({
      /** Position of its commit record. */
      lsn: z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/),
      /** The last transaction up to there that had captured rows. */
      previous: z.strictObject({ xid: z.int(), rows: z.int().positive() }).optional(),
    })
    .optional(),
});
export type CaptureState = z.infer<typeof captureState>;

/** The state, or undefined where none was written yet. */
export async function readState(file: string): Promise<CaptureState | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return captureState.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(
      `Cannot read capture state: delete the file to load all tables again: received ${JSON.stringify(file)}`,
      { cause: error },
    );
  }
}

/** Replaces the state whole: a kill leaves the old one or the new one. */
export async function writeState(file: string, state: CaptureState, sync: boolean): Promise<void> {
  const next = `${file}.next`;
  const handle = await open(next, 'w');
  try {
    await handle.writeFile(JSON.stringify(state));
    // Without it a power cut may bring an older state back: records then repeat, none is lost.
    if (sync) await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, file);
}
