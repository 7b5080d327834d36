import { describe, expect, test } from 'vitest';
import { readThresholds } from '../../../shared/model/decision-thresholds.ts';

const read = (attributes: Record<string, string>) => readThresholds({ attributes });

describe('readThresholds()', () => {
  test('reads both, and a model that never blocks', () => {
    expect(read({ review_threshold: '0.3', block_threshold: '0.9' })).toEqual({
      review: 0.3,
      block: 0.9,
    });
    expect(read({ review_threshold: '0.3' })).toEqual({ review: 0.3, block: null });
    expect(read({})).toEqual({ review: null, block: null });
  });

  test.each([
    [{ review_threshold: '1.5' }, 'received "1.5"'],
    [{ review_threshold: '0.5', block_threshold: 'high' }, 'received "high"'],
    [{ review_threshold: '0.5', block_threshold: '0.4' }, 'must not be below review_threshold'],
  ])('refuses %j', (attributes, message) => {
    expect(() => read(attributes)).toThrow(message);
  });
});
