import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** What a function tells about itself: structured logs, and metrics in CloudWatch's embedded format. */
export interface Telemetry {
  readonly logger: Logger;
  count(name: string, value: number): void;
  milliseconds(name: string, values: readonly number[]): void;
  /** Writes the metrics gathered since the last call; call once per invocation. */
  flush(): void;
}

const namespace = 'Shop';

/** @param service name of the function, a dimension of every metric. */
export function telemetry(service: string): Telemetry {
  const logger = new Logger({ serviceName: service });
  const metrics = new Metrics({ namespace, serviceName: service });
  return {
    logger,
    count: (name, value) => {
      if (value > 0) metrics.addMetric(name, MetricUnit.Count, value);
    },
    milliseconds: (name, values) => {
      for (const value of values) metrics.addMetric(name, MetricUnit.Milliseconds, value);
    },
    flush: () => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
