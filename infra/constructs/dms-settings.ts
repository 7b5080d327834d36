/**
 * Settings of the replication, the same for DMS Serverless and for a task. What DMS cannot write
 * stops it, and an alarm tells: its defaults log the row and go on, which loses it.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html
 */
export const dmsSettings = {
  FullLoadSettings: { TargetTablePrepMode: 'DO_NOTHING' },
  TargetMetadata: {
    // Parallel apply gives up the order of rows between its threads.
    ParallelApplyThreads: 0,
    ParallelLoadThreads: 0,
    BatchApplyEnabled: false,
  },
  ErrorBehavior: {
    DataErrorPolicy: 'STOP_TASK',
    DataTruncationErrorPolicy: 'STOP_TASK',
    TableErrorPolicy: 'STOP_TASK',
    ApplyErrorInsertPolicy: 'STOP_TASK',
    ApplyErrorUpdatePolicy: 'STOP_TASK',
    ApplyErrorDeletePolicy: 'STOP_TASK',
    FailOnNoTablesCaptured: true,
  },
  Logging: { EnableLogging: true },
} as const;
