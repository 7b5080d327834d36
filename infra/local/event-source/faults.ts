/**
 * What AWS's pollers do to a function on bad days, for tests to switch on:
 * - `duplicate`: the batch comes twice, one after the other;
 * - `zombie`: the batch comes twice at once, and nobody listens to one of the two;
 * - `shifted`: records of the batch come again, cut differently;
 * - `old-checkpoint`: the poller loses its place and starts again from an earlier one.
 */
export type Fault = 'duplicate' | 'zombie' | 'shifted' | 'old-checkpoint';

/** Asked once per batch of a shard. */
export type NextFault = (shardId: string) => Fault | undefined;
