import type { FeatureEvent } from '../features/feature.ts';
import { nearestNames } from '../model/nearest-names.ts';
import { shopFraud } from './features.ts';

type Severity = 'info' | 'warning' | 'critical';

/** How likely a rule is right, and where that number comes from. */
interface Confidence {
  /** From 0 to 1. */
  readonly share: number;
  readonly basis: string;
}

/** A reason to look at an order, evaluated at its events. */
export interface FraudRule<Feature extends string = string, Parameter extends string = string> {
  /** Lower-case words with hyphens: the kind of its alerts. */
  readonly name: string;
  /** Raised when it decides otherwise than before. */
  readonly version: number;
  readonly severity: Severity;
  /** One in the shadow is evaluated and noted in the order's case; it alerts and decides nothing. */
  readonly mode: 'live' | 'shadow';
  /** What it asks of the shop at least. @default - nothing, it only tells */
  readonly decision?: 'review' | 'block';
  /** Events at which it is evaluated. */
  readonly on: readonly ('order' | 'payment')[];
  readonly title: string;
  /** Kind of entity that is the cause: `customer`, `card`, `order` … */
  readonly entity: string;
  /** At most one alert per cause and so long, in event time. */
  readonly windowMs: number;
  /** Features it reads; or of the model `model_score`, and `model_decision`: 0 allow, 1 review, 2 block. */
  readonly reads: readonly Feature[];
  readonly parameters: Readonly<Record<Parameter, number>>;
  /** Which share of its alerts is right, once somebody has measured it. @default - the model's score */
  readonly precision?: Confidence;
  when(
    features: Readonly<Record<Feature, number | null>>,
    event: FeatureEvent,
    parameters: Readonly<Record<Parameter, number>>,
  ): boolean;
  /** Why it fired, in a sentence for people. */
  reason(
    features: Readonly<Record<Feature, number | null>>,
    event: FeatureEvent,
    parameters: Readonly<Record<Parameter, number>>,
  ): string;
  /** Whether what it found is graver than its severity says. @default - never */
  isCritical?(
    features: Readonly<Record<Feature, number | null>>,
    event: FeatureEvent,
    parameters: Readonly<Record<Parameter, number>>,
  ): boolean;
}

const modelReadings = ['model_score', 'model_decision'];

const readable = [...shopFraud.features.map(({ name }) => name), ...modelReadings];
const isReadable: ReadonlySet<string> = new Set(readable);
const suggestedMax = 3;
const namePattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const nameLengthMax = 64;

/**
 * Declares a rule; what `when` and `reason` are given has the types of `reads` and `parameters`.
 *
 * @throws RangeError that says what is wrong with the declaration.
 */
export function fraudRule<const Feature extends string, const Parameter extends string = never>(
  rule: FraudRule<Feature, Parameter>,
): FraudRule {
  const refuse = (what: string, received: unknown): never => {
    throw new RangeError(
      `Cannot declare rule ${rule.name}: ${what}: received ${JSON.stringify(received) ?? received}`,
    );
  };
  if (!namePattern.test(rule.name) || rule.name.length > nameLengthMax) {
    refuse(
      `its name must be lower-case words with hyphens, ${nameLengthMax} characters at most`,
      rule.name,
    );
  }
  if (!Number.isSafeInteger(rule.version) || rule.version < 1) {
    refuse('its version must be a whole number from 1', rule.version);
  }
  if (rule.on.length === 0) refuse('it must be evaluated at an event', rule.on);
  if (rule.title === '') refuse('it must have a title', rule.title);
  if (!Number.isSafeInteger(rule.windowMs) || rule.windowMs < 1) {
    refuse('windowMs must be a whole number from 1', rule.windowMs);
  }
  const unknown = rule.reads.find((feature) => !isReadable.has(feature));
  if (unknown !== undefined) {
    const nearest = nearestNames(unknown, readable, suggestedMax).join(', ');
    refuse(`it reads a feature that is unknown, nearest are ${nearest}`, unknown);
  }
  for (const [name, value] of Object.entries<number>(rule.parameters)) {
    if (!Number.isFinite(value)) refuse(`parameter ${name} must be a number`, String(value));
  }
  const share = rule.precision?.share ?? 0;
  if (!(share >= 0 && share <= 1)) refuse('its precision must lie between 0 and 1', share);
  return rule;
}

/** Whether a feature is known and not below a bound. */
export function atLeast(value: number | null, bound: number): value is number {
  return value !== null && value >= bound;
}
