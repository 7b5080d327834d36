import type { Job } from '../job.ts';
import type { EngineParts } from '../parts.ts';
import { type Control, packControl, unpackControl } from '../state/control.ts';
import { controlRows, jobPartition } from '../state/layout.ts';
import { tolerateRefusal } from '../state-store.ts';

/** All control rows of a job, by sort key. The reading is no snapshot. */
export async function readControls<Event>(
  job: Job<Event>,
  { store }: EngineParts,
): Promise<Map<string, Control>> {
  const items = await store.query(jobPartition(job), controlRows);
  return new Map(items.map((item) => [item.sk, unpackControl(item)]));
}

/**
 * Sets `sealedMs` on every control row; a batch in flight is refused and classified anew.
 *
 * @returns the rows as they are now.
 */
export async function seal<Event>(
  job: Job<Event>,
  controls: ReadonlyMap<string, Control>,
  sealedMs: number,
  { store, backOff }: EngineParts,
): Promise<Map<string, Control>> {
  const sealed = new Map<string, Control>();
  for (const [sk, read] of controls) {
    const key = { ...jobPartition(job), sk };
    let control = read;
    for (let attempt = 1; control.sealedMs < sealedMs; attempt += 1) {
      const next: Control = { ...control, version: control.version + 1, sealedMs };
      const condition = { attribute: 'version', equals: control.version };
      if (
        await tolerateRefusal(() => store.transact([{ key, condition, put: packControl(next) }]))
      ) {
        control = next;
        break;
      }
      await backOff(attempt);
      const item = await store.get(key);
      if (item) control = unpackControl(item);
    }
    sealed.set(sk, control);
  }
  return sealed;
}
