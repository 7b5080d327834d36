import { describe, expect, it } from 'vitest';
import { readInvocation } from '../../../shared/jobs/invocation.ts';
import { kinesisEvent, streamRecord } from '../../fixtures/shop-changes.ts';

describe('readInvocation()', () => {
  it('reads a batch of one shard', () => {
    const event = kinesisEvent('dev-shop-changes', [
      streamRecord('é', '49', 1_772_323_200_123),
      streamRecord('', '50', 0),
    ]);
    expect(readInvocation(event)).toEqual({
      kind: 'batch',
      batch: {
        from: { stream: 'dev-shop-changes', shard: 'shardId-000000000000' },
        records: [
          { sequenceNumber: '49', data: Buffer.from('é'), arrivalMs: 1_772_323_200_123 },
          { sequenceNumber: '50', data: Buffer.from(''), arrivalMs: 0 },
        ],
      },
    });
  });

  it('knows the stream also by the name of a consumer with fan-out of its own', () => {
    const event = kinesisEvent('dev-shop-changes/consumer/fraud:1772323200', [streamRecord('x')]);
    expect(readInvocation(event)).toMatchObject({
      batch: { from: { stream: 'dev-shop-changes' } },
    });
  });

  it('reads the sweep of a schedule', () => {
    expect(readInvocation({ task: 'sweep' })).toEqual({ kind: 'sweep' });
  });

  it.each([{}, undefined, null, 'sweep', { task: 'else' }])('refuses %j', (event) => {
    expect(() => readInvocation(event)).toThrow('Cannot take event: it is neither a batch');
  });

  it.each([{ Records: [] }, { Records: [{ eventSource: 'aws:sqs' }] }])('refuses %j', (event) => {
    expect(() => readInvocation(event)).toThrow();
  });
});
