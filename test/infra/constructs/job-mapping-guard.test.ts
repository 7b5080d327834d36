import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Aspects, Stack } from 'aws-cdk-lib';
import { CfnEventSourceMapping, type CfnEventSourceMappingProps } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, test } from 'vitest';
import { JobMappingGuard } from '../../../infra/constructs/job-mapping-guard.ts';

const job: CfnEventSourceMappingProps = {
  functionName: 'statistics',
  startingPosition: 'TRIM_HORIZON',
  bisectBatchOnFunctionError: true,
  functionResponseTypes: ['ReportBatchItemFailures'],
};

function synthesise(mapping: CfnEventSourceMappingProps): void {
  const outdir = mkdtempSync(join(tmpdir(), 'shop-guard-'));
  try {
    const app = new App({ outdir });
    new CfnEventSourceMapping(new Stack(app, 'Stack'), 'Mapping', mapping);
    Aspects.of(app).add(new JobMappingGuard());
    app.synth();
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

describe('JobMappingGuard', () => {
  test('lets Lambda’s own defaults pass, and the same values spelled out', () => {
    expect(() => synthesise(job)).not.toThrow();
    expect(() =>
      synthesise({
        ...job,
        parallelizationFactor: 1,
        maximumRetryAttempts: -1,
        maximumRecordAgeInSeconds: -1,
      }),
    ).not.toThrow();
  });

  test.each([
    [{ startingPosition: 'LATEST' }, 'StartingPosition must be TRIM_HORIZON: received LATEST'],
    [{ parallelizationFactor: 2 }, 'ParallelizationFactor must be 1: received 2'],
    [{ maximumRetryAttempts: 3 }, 'MaximumRetryAttempts must be -1: received 3'],
    [{ maximumRecordAgeInSeconds: 3600 }, 'MaximumRecordAgeInSeconds must be -1: received 3600'],
    [{ tumblingWindowInSeconds: 30 }, 'TumblingWindowInSeconds must be 0: received 30'],
    [{ bisectBatchOnFunctionError: false }, 'BisectBatchOnFunctionError must be true'],
    [{ functionResponseTypes: [] }, 'FunctionResponseTypes must be ReportBatchItemFailures'],
  ])('refuses %j', (wrong, message) => {
    expect(() => synthesise({ ...job, ...wrong })).toThrow(
      `Cannot synthesise event source mapping Stack/Mapping: ${message}`,
    );
  });

  test('leaves queues alone, which have no shards', () => {
    expect(() =>
      synthesise({
        functionName: 'other',
        eventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:queue',
      }),
    ).not.toThrow();
  });
});
