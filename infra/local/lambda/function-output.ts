import { createInterface } from 'node:readline';
import { z } from 'zod';

/** A line in CloudWatch's embedded metric format, with the metric values beside `_aws`. */
export type EmbeddedMetrics = z.output<typeof embeddedMetrics>;

const unitOfMetric = z.looseObject({ Name: z.string(), Unit: z.string().optional() });

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const embeddedMetrics = z.looseObject({
  _aws: z.looseObject({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.looseObject({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(unitOfMetric),
      }),
    ),
  }),
});

/** Hands on what a function writes, line by line, and the metrics among the lines. */
export function readFunctionOutput(
  output: NodeJS.ReadableStream,
  onLine: (line: string) => void,
  onMetrics: (metrics: EmbeddedMetrics) => void,
): void {
  const lines = createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('line', (line) => {
    onLine(line);
    const metrics = parseMetrics(line);
    if (metrics !== undefined) onMetrics(metrics);
  });
}

function parseMetrics(line: string): EmbeddedMetrics | undefined {
  if (!line.startsWith('{') || !line.includes('"CloudWatchMetrics"')) return undefined;
  try {
    return embeddedMetrics.safeParse(JSON.parse(line)).data;
  } catch {
    // A log line that only looks like metrics is still a log line, and was handed on as one.
    return undefined;
  }
}
