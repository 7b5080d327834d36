import { z } from 'zod';

const resultColumn = z.object({
  name: z.string(),
  type: z.string(),
  precision: z.number(),
  scale: z.number(),
});

/** One run of a statement, as it is kept on disk. Times are epoch milliseconds. */
export const executionSchema = z.object({
  id: z.string(),
  token: z.string().optional(),
  sql: z.string(),
  parameters: z.array(z.string()).default([]),
  kind: z.enum(['DML', 'DDL', 'UTILITY']),
  database: z.string(),
  workgroup: z.string(),
  outputLocation: z.string(),
  state: z.enum(['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED']),
  reason: z.string().optional(),
  submittedMs: z.number(),
  completedMs: z.number().optional(),
  bytesScanned: z.number().default(0),
  columns: z.array(resultColumn).default([]),
  /** Whether results begin with a row of column names: those of queries do. */
  hasHeader: z.boolean().default(true),
});

export type Execution = z.infer<typeof executionSchema>;

/** An execution in the API's form. */
export function describeExecution(execution: Execution): unknown {
  const { state, reason, submittedMs, completedMs, parameters } = execution;
  const took = (completedMs ?? Date.now()) - submittedMs;
  return {
    QueryExecutionId: execution.id,
    Query: execution.sql,
    StatementType: execution.kind,
    ResultConfiguration: { OutputLocation: execution.outputLocation },
    QueryExecutionContext: { Database: execution.database, Catalog: 'awsdatacatalog' },
    ...(parameters.length > 0 ? { ExecutionParameters: parameters } : {}),
    WorkGroup: execution.workgroup,
    EngineVersion: {
      SelectedEngineVersion: 'Athena engine version 3',
      EffectiveEngineVersion: 'Athena engine version 3',
    },
    Status: {
      State: state,
      SubmissionDateTime: submittedMs / 1000,
      ...(reason === undefined ? {} : { StateChangeReason: reason }),
      ...(completedMs === undefined ? {} : { CompletionDateTime: completedMs / 1000 }),
      ...(state === 'FAILED'
        ? {
            // https://docs.aws.amazon.com/athena/latest/ug/error-reference.html: 2 is the user's.
            AthenaError: {
              ErrorCategory: 2,
              ErrorType: 1006,
              Retryable: false,
              ErrorMessage: reason,
            },
          }
        : {}),
    },
    Statistics: {
      EngineExecutionTimeInMillis: took,
      TotalExecutionTimeInMillis: took,
      QueryQueueTimeInMillis: 0,
      ServiceProcessingTimeInMillis: 0,
      DataScannedInBytes: execution.bytesScanned,
    },
  };
}
