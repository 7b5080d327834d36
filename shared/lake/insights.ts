import { insightTypes, type ToldInsight } from '../events/insight-types.ts';
import type { LakeColumn, LakeDataSet } from './data-sets.ts';
import { type LakeRow, timeText } from './rows.ts';

const columns: readonly LakeColumn[] = [
  { name: 'id', type: 'string' },
  { name: 'result_id', type: 'string' },
  { name: 'revision', type: 'int' },
  { name: 'job', type: 'string' },
  { name: 'generation', type: 'int' },
  { name: 'occurred_at', type: 'timestamp' },
  { name: 'window_start', type: 'timestamp' },
  { name: 'window_end', type: 'timestamp' },
  { name: 'chunk_index', type: 'int' },
  { name: 'chunk_count', type: 'int' },
  { name: 'supersedes', type: 'string' },
  { name: 'data', type: 'string' },
];
const type: LakeColumn = { name: 'type', type: 'string' };
const day: LakeColumn = { name: 'day', type: 'string' };

/**
 * What the jobs have told, each revision a row. `occurred_at` is the start of the window, or when
 * that happened which it tells of; all revisions of a result lie under one day. `result_id` is what
 * revisions, generations and parts of one result have in common; `data` and `supersedes` are JSON.
 */
export const insightDataSet: LakeDataSet = {
  stream: 'insights',
  name: 'insights',
  table: 'insight_records',
  columns: [
    ...columns,
    { name: '_op', type: 'string' },
    { name: '_ts', type: 'timestamp' },
    { name: '_event_id', type: 'string' },
  ],
  partition: { name: 'day', from: 'occurred_at', types: insightTypes.map((one) => one.type) },
  primaryKey: 'id',
  versionColumn: 'revision',
  view: { columns: [type, ...columns, day], sql: newestInsightsSql() },
};

/**
 * SQL of the insights that hold: of each result the highest revision of the highest generation, all
 * its parts, each once; what was taken back, and sessions that a later one has taken in, are left
 * out.
 *
 * @param ofType only those of one type, whose partitions alone are read then.
 */
export function newestInsightsSql(ofType?: string): string {
  const names = [type, ...columns, day].map(({ name }) => name).join(', ');
  const where = ofType === undefined ? [] : [`WHERE type = '${ofType}'`];
  return [
    `SELECT ${names}`,
    'FROM (',
    `  SELECT ${names},`,
    '    dense_rank() OVER (PARTITION BY type, day, result_id ORDER BY generation DESC, revision DESC) AS _rank,',
    '    row_number() OVER (PARTITION BY type, day, id, generation, revision ORDER BY _ts) AS _copy',
    `  FROM insight_records`,
    ...where.map((line) => `  ${line}`),
    ') AS ranked',
    "WHERE _rank = 1 AND _copy = 1 AND data <> 'null' AND id NOT IN (",
    '  SELECT taken.id FROM insight_records',
    '  CROSS JOIN UNNEST(CAST(json_parse(supersedes) AS array(varchar))) AS taken (id)',
    ...where.map((line) => `  ${line}`),
    ')',
  ].join('\n');
}

/**
 * Turns an insight into the row that the lake keeps of it. `_ts` is when the stream took it.
 *
 * @throws RangeError for a time that no partition could be named after.
 */
export function insightRow(insight: ToldInsight, arrivalMs: number): LakeRow {
  const { id, revision, job, generation, window, chunk, supersedes, occurredAtMs } = insight;
  const time = (epochMs: number): string => timeText('insight', epochMs);
  const occurredAt = time(occurredAtMs);
  return {
    type: insight.type,
    id,
    result_id: resultIdOf(insight),
    revision,
    job,
    generation,
    occurred_at: occurredAt,
    window_start: window ? time(window.startMs) : null,
    window_end: window ? time(window.endMs) : null,
    chunk_index: chunk?.index ?? null,
    chunk_count: chunk?.count ?? null,
    supersedes: supersedes ? JSON.stringify(supersedes) : null,
    data: JSON.stringify(insight.data) ?? 'null',
    _op: 'insert',
    _ts: time(arrivalMs),
    _event_id: `${id}|${generation}|${revision}`,
    _partition: occurredAt.slice(0, 'yyyy-MM-dd'.length),
  };
}

/** Ids of windows and sessions begin with job and generation; a later part adds its number. */
function resultIdOf({ id, job, generation, chunk }: ToldInsight): string {
  const whole = chunk && chunk.index > 0 ? id.slice(0, id.lastIndexOf('|')) : id;
  const prefix = `${job}|${generation}|`;
  return whole.startsWith(prefix) ? `${job}|${whole.slice(prefix.length)}` : whole;
}
