import type { z } from 'zod';
import { fraudCaseSchema } from '../../shared/events/fraud-case.ts';
import { insightSchema } from '../../shared/events/insight.ts';
import { readInsight } from '../../shared/jobs/read-insight.ts';
import type { ShardId, StreamRecord } from '../../shared/stream/record.ts';

const caseInsight = insightSchema.extend({ data: fraudCaseSchema });
const cases = {
  consumer: 'fraud-cases',
  type: 'fraud-case',
  words: 'a case',
  schema: caseInsight,
};

/** A case as one revision of a generation of the job told it. */
export type ToldCase = Pick<z.output<typeof caseInsight>, 'generation' | 'revision' | 'data'>;

/** Reads an insight as a case, if it is one. */
export function readCase(record: StreamRecord, from: ShardId) {
  return readInsight(record, from, cases);
}
