import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Settings } from '../../shared/config/settings.ts';
import { type FraudRule, fraudRule } from '../../shared/fraud/rule.ts';

/**
 * The rules that a TypeScript file exports: rules, lists of rules, and functions that make either of
 * the settings.
 *
 * @throws Error where it cannot be run, or exports no rule, or one that is wrong.
 */
export async function readRules(file: string, settings: Settings): Promise<readonly FraudRule[]> {
  const exported: Readonly<Record<string, unknown>> = await import(
    pathToFileURL(path.resolve(file)).href
  ).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot read rules: ${reason}: received ${file}`, { cause });
  });
  const rules = Object.values(exported).flatMap((one): readonly FraudRule[] => {
    const made: unknown = typeof one === 'function' ? one(settings) : one;
    const several: readonly unknown[] = Array.isArray(made) ? made : [made];
    return several.filter(isRule).map((rule) => fraudRule(rule));
  });
  if (rules.length === 0) {
    throw new RangeError(`Cannot read rules: the file exports none: received ${file}`);
  }
  const names = rules.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new RangeError(`Cannot read rules: two have the name ${twice}: received ${file}`);
  }
  return rules;
}

const ruleFields = ['name', 'version', 'severity', 'on', 'entity', 'reads', 'when', 'reason'];

function isRule(value: unknown): value is FraudRule {
  return typeof value === 'object' && value !== null && ruleFields.every((field) => field in value);
}
