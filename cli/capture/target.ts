import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SqlConnection } from '../../shared/shop/sql-connection.ts';

/** What the capture says of itself, in the words of its cloud. */
export interface CaptureReport {
  readonly state: string;
  readonly running: boolean;
  /** Rows of the full load. */
  readonly rowsLoaded: number;
  readonly changes: number;
  /** When it last put a tick into the stream; undefined where it does not tell. */
  readonly lastTickMs: number | undefined;
  readonly lastError: string | undefined;
}

/** One capture with its surroundings, local or on AWS. */
export interface CaptureTarget {
  readonly name: string;
  readonly stage: string;
  readonly kinesis: KinesisClient;
  readonly secrets: SecretsManagerClient;
  /** As the owner of the database. */
  readonly sql: SqlConnection;
  /** How long a change may take to reach the stream. */
  readonly patienceMs: number;
  /** Pause between two reads of a shard, which serves five a second. */
  readonly readEveryMs: number;
  /** Pause between two looks at something that takes its time. */
  readonly pollEveryMs: number;
  report(): Promise<CaptureReport>;
  start(): Promise<void>;
  /** Resolves when it has stopped. */
  stop(): Promise<void>;
  close(): Promise<void>;
}
