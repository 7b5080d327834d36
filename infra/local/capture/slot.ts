import { formatLsn, parseLsn } from './lsn.ts';
import type { ReplicationConnection } from './replication-connection.ts';
import type { SessionContext } from './session.ts';
import { type CaptureState, readState } from './state-file.ts';

export interface OpenedSlot {
  readonly state: CaptureState;
  /** Rows as they were when the slot was made, as long as the connection is not used. */
  readonly snapshot: string | undefined;
}

/**
 * Finds the slot of an earlier run and the state that belongs to it, or makes a slot.
 *
 * An interrupted load keeps its slot: rows that changed since come both as changes and as loaded
 * rows, with the same identity, and no change is missed. A slot that PostgreSQL gave up (it kept
 * more log than the disk should bear) is replaced, and all tables are loaded again.
 */
export async function openSlot(
  {
    settings: { slotName },
    stateFile,
    log,
  }: Pick<SessionContext, 'settings' | 'stateFile' | 'log'>,
  replication: ReplicationConnection,
): Promise<OpenedSlot> {
  const [identity] = await replication.query('IDENTIFY_SYSTEM');
  const system = identity?.['systemid'];
  const end = identity?.['xlogpos'];
  if (typeof system !== 'string' || typeof end !== 'string') {
    throw new Error(
      `Cannot replicate: the server does not say who it is: received ${JSON.stringify(identity)}`,
    );
  }
  const fresh: CaptureState = { version: 1, system, slot: slotName, loaded: [] };
  const slot = await findSlot(replication, slotName);
  if (slot === 'lost') {
    log(`slot "${slotName}" fell too far behind and was given up: all tables are loaded again`);
    await replication.query(`DROP_REPLICATION_SLOT "${slotName}"`);
  }
  if (slot !== 'usable') {
    const [made] = await replication.query(
      `CREATE_REPLICATION_SLOT "${slotName}" LOGICAL pgoutput (SNAPSHOT 'export')`,
    );
    log(`slot "${slotName}" begins at ${made?.['consistent_point']}`);
    return { state: fresh, snapshot: made?.['snapshot_name'] ?? undefined };
  }
  const state = await readState(stateFile);
  if (state === undefined) return { state: fresh, snapshot: undefined };
  const { durable } = state;
  const ahead = durable !== undefined && parseLsn(durable.lsn) > parseLsn(end);
  if (state.system !== system || state.slot !== slotName || ahead) {
    const what = ahead ? `log ends at ${formatLsn(parseLsn(end))}` : 'state is of another database';
    log(`the capture starts over: ${what}: all tables are loaded again`);
    return { state: fresh, snapshot: undefined };
  }
  return { state, snapshot: undefined };
}

async function findSlot(
  replication: ReplicationConnection,
  slotName: string,
): Promise<'usable' | 'lost' | undefined> {
  // A walsender of a database takes SQL as well; the name was checked when settings were read.
  const [row] = await replication.query(
    `SELECT wal_status, invalidation_reason FROM pg_replication_slots WHERE slot_name = '${slotName}'`,
  );
  if (row === undefined) return undefined;
  return row['wal_status'] === 'lost' || row['invalidation_reason'] !== null ? 'lost' : 'usable';
}
