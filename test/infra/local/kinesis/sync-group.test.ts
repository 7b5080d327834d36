import { closeSync, fstatSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SyncGroup } from '../../../../infra/local/kinesis/sync-group.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sync-group-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function written(sync: SyncGroup, name: string): number {
  const file = openSync(join(directory, name), 'a');
  writeSync(file, 'bytes');
  sync.written(file);
  return file;
}

/** A file that no fsync succeeds on. */
function writtenAndLost(sync: SyncGroup): void {
  const file = openSync(join(directory, 'lost'), 'a');
  closeSync(file);
  sync.written(file);
}

describe('SyncGroup', () => {
  it('tells whoever waits that the disk refused, from then on', async () => {
    const sync = new SyncGroup(60_000);
    writtenAndLost(sync);
    await expect(sync.flushed()).rejects.toThrow('Cannot keep records: the disk refused them');
    await expect(sync.flushed()).rejects.toThrow('the disk refused them');
    expect(() => sync.check()).toThrow('the disk refused them');
  });

  it('syncs after its delay though nobody waits', async () => {
    const sync = new SyncGroup(1);
    writtenAndLost(sync);
    await expect.poll(() => failureOf(sync)).toBe('Cannot keep records: the disk refused them');
  });

  it('syncs what was written while it was syncing, for whoever waits since', async () => {
    const sync = new SyncGroup(60_000);
    const first = written(sync, 'first');
    const before = sync.flushed();
    writtenAndLost(sync);
    const after = sync.flushed();
    await before;
    await expect(after).rejects.toThrow('the disk refused them');
    closeSync(first);
  });

  it('does not close a file under a sync that uses it', async () => {
    const sync = new SyncGroup(60_000);
    const discarded = written(sync, 'discarded');
    const finished = written(sync, 'finished');
    const flushed = sync.flushed();
    const closed = sync.discard(discarded);
    sync.finish(finished);
    expect(fstatSync(discarded).size).toBe(5);
    expect(fstatSync(finished).size).toBe(5);
    await Promise.all([flushed, closed]);
    expect(() => fstatSync(discarded)).toThrow('EBADF');
    await expect.poll(() => isOpen(finished)).toBe(false);
  });

  it('closes without a wait what it does not sync', () => {
    const sync = new SyncGroup(60_000);
    const file = written(sync, 'file');
    sync.finish(file);
    expect(isOpen(file)).toBe(false);
  });

  it('resolves at once when there is nothing to sync', async () => {
    const sync = new SyncGroup(60_000);
    await sync.flushed();
    await sync.close();
  });
});

function failureOf(sync: SyncGroup): string | undefined {
  try {
    sync.check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isOpen(file: number): boolean {
  try {
    fstatSync(file);
    return true;
  } catch {
    return false;
  }
}
