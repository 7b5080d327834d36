import type { CommitReport, ShardCommitter } from '../stream/commit/commit.ts';
import type { ShardId } from '../stream/record.ts';
import type { ShardReader } from '../stream/shard-reader.ts';
import type { Source } from '../stream/source.ts';

/** A shard that is read on from its own place, and what commits it. */
interface CatchUp<Event> {
  readonly from: ShardId;
  readonly source: Source<Event>;
  readonly committer: ShardCommitter<Event>;
  readonly shards: ShardReader;
  /** Whether there is time for another page. */
  goesOn(): boolean;
  onCommit(report: CommitReport): Promise<void>;
}

/** How far a shard has been read on. */
export interface CaughtUp {
  readonly sequenceNumber: string | undefined;
  /** Nothing lay behind it. */
  readonly atTip: boolean;
}

/**
 * Commits what passed by while a job was stopped, page by page, from where its control row stands.
 * Many may do so at once: the fence lets each record have its effect once.
 *
 * @throws NotYetError when the shard's parents have not been read to their end.
 */
export async function catchUp<Event>(work: CatchUp<Event>): Promise<CaughtUp> {
  const { from, source, committer, shards } = work;
  const { fromMs, ...position } = await committer.position();
  let { sequenceNumber } = position;
  for (;;) {
    const page = await shards.read(from.stream, from.shard, sequenceNumber, fromMs);
    const { records, atTip } = page;
    const decoded = source.decode(records);
    await work.onCommit(await committer.commit(records, decoded, { atTip }));
    sequenceNumber = records.at(-1)?.sequenceNumber ?? sequenceNumber;
    if (atTip || !work.goesOn()) return { sequenceNumber, atTip };
  }
}
