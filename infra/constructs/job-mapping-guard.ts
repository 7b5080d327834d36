import type { IAspect } from 'aws-cdk-lib';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/**
 * Refuses to synthesise an event source mapping of a stream that would process a shard's batches
 * side by side, or give records up after so many tries or so much time: the jobs' order and
 * exactly-once effect rest on neither ever happening.
 */
export class JobMappingGuard implements IAspect {
  visit(node: IConstruct): void {
    if (!(node instanceof CfnEventSourceMapping) || node.startingPosition === undefined) return;
    for (const [property, value, allowed] of demands(node)) {
      if (value === allowed) continue;
      throw new Error(
        `Cannot synthesise event source mapping ${node.node.path}: ${property} must be ${allowed}: received ${value}`,
      );
    }
  }
}

/** Property, its value with Lambda's own default, and the only value that will do. */
function demands(mapping: CfnEventSourceMapping): readonly (readonly [string, unknown, unknown])[] {
  const responseTypes = mapping.functionResponseTypes ?? [];
  return [
    // What was there before could not be told from a shard that is not read to its end yet.
    ['StartingPosition', mapping.startingPosition, 'TRIM_HORIZON'],
    ['ParallelizationFactor', mapping.parallelizationFactor ?? 1, 1],
    ['MaximumRetryAttempts', mapping.maximumRetryAttempts ?? -1, -1],
    ['MaximumRecordAgeInSeconds', mapping.maximumRecordAgeInSeconds ?? -1, -1],
    ['TumblingWindowInSeconds', mapping.tumblingWindowInSeconds ?? 0, 0],
    ['BisectBatchOnFunctionError', mapping.bisectBatchOnFunctionError ?? false, true],
    ['FunctionResponseTypes', responseTypes.join(), 'ReportBatchItemFailures'],
  ];
}
