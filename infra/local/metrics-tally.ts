import { z } from 'zod';

/** What functions said of themselves in CloudWatch's embedded format since the start. */
export class MetricsTally {
  readonly #values = new Map<string, number[]>();

  /** Adds the values of one line of metrics. */
  add(line: Readonly<Record<string, unknown>>): void {
    const { _aws: directive } = directiveSchema.parse(line);
    for (const { Metrics } of directive.CloudWatchMetrics) {
      for (const { Name } of Metrics) {
        const values = valuesSchema.safeParse(line[Name]);
        if (!values.success) continue;
        const known = this.#values.get(Name) ?? [];
        known.push(...[values.data].flat());
        // Enough for percentiles of a long run; the oldest go first.
        if (known.length > valuesMax) known.splice(0, known.length - valuesMax);
        this.#values.set(Name, known);
      }
    }
  }

  values(name: string): readonly number[] {
    return this.#values.get(name) ?? [];
  }

  clear(): void {
    this.#values.clear();
  }
}

const valuesMax = 200_000;

const directiveSchema = z.looseObject({
  _aws: z.looseObject({
    CloudWatchMetrics: z.array(
      z.looseObject({ Metrics: z.array(z.looseObject({ Name: z.string() })) }),
    ),
  }),
});
const valuesSchema = z.union([z.number(), z.array(z.number())]);
