import { expect, test } from 'vitest';
import { readCase } from '../../../functions/fraud-cases/read-case.ts';
import { fraudCase } from '../../fixtures/fraud-cases.ts';
import { streamRecord } from '../../fixtures/shop-changes.ts';

const from = { stream: 'insights', shard: 'shard-0' };
const insight = {
  id: 'fraud-case|1',
  type: 'fraud-case',
  schemaVersion: 1,
  revision: 2,
  job: 'fraud',
  generation: 1,
  data: fraudCase('1'),
};
const read = (value: unknown) =>
  readCase(streamRecord(typeof value === 'string' ? value : JSON.stringify(value)), from);

test('readCase() reads cases, passes other insights by, and says what is wrong with the rest', () => {
  expect(read(insight)).toEqual({ kind: 'told', insight });
  expect(read({ ...insight, type: 'alert' })).toEqual({ kind: 'other' });
  const wrong = read({ ...insight, data: { ...insight.data, score: 2 } });
  expect(wrong).toMatchObject({
    kind: 'undecodable',
    letter: { consumer: 'fraud-cases', reason: expect.stringContaining('data.score') },
  });
  expect(read('{')).toMatchObject({ letter: { reason: expect.stringContaining('not JSON') } });
});
