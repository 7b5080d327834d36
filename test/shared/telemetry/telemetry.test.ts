import { afterEach, expect, test, vi } from 'vitest';
import { telemetry } from '../../../shared/telemetry/telemetry.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test('telemetry() writes the metrics of an invocation in the embedded format, once', () => {
  // Written to the console of the test, rather than to one of its own.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  const { count, milliseconds, flush } = telemetry('statistics');
  count('EventsCounted', 3);
  count('RecordsQuarantined', 0);
  milliseconds('CommitToResult', [12, 30]);
  flush();
  flush();
  expect(lines).toHaveLength(1);
  const written = JSON.parse(lines[0] ?? '');
  expect(written).toMatchObject({
    service: 'statistics',
    EventsCounted: 3,
    CommitToResult: [12, 30],
  });
  expect(written).not.toHaveProperty('RecordsQuarantined');
  expect(written._aws.CloudWatchMetrics[0]).toMatchObject({
    Namespace: 'Shop',
    Metrics: [
      { Name: 'EventsCounted', Unit: 'Count' },
      { Name: 'CommitToResult', Unit: 'Milliseconds' },
    ],
  });
});
