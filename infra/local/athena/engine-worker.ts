import { workerData } from 'node:worker_threads';
import { z } from 'zod';
import { answerCalls } from '../worker-calls.ts';
import { toDuckDb } from './dialect/to-duckdb.ts';
import { createEngine, type QueryOutcome, type QueryRequest } from './engine.ts';

export type EngineRequest =
  | { readonly kind: 'warm' }
  | { readonly kind: 'run'; readonly query: QueryRequest }
  | { readonly kind: 'cancel'; readonly id: string };

const { folders } = z.object({ folders: z.array(z.string()) }).parse(workerData);
const starting = createEngine(folders);

answerCalls<EngineRequest, QueryOutcome | undefined>(async (request) => {
  const engine = await starting;
  if (request.kind === 'run') return await engine.run(request.query);
  if (request.kind === 'cancel') engine.cancel(request.id);
  // The translator's first statement takes a quarter of a second: better before someone waits.
  else toDuckDb('SELECT 1', 'default');
  return undefined;
});
