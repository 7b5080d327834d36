import conditionParser, { type ExpressionParser } from 'dynalite/db/conditionParser.js';
import updateParser from 'dynalite/db/updateParser.js';

/** Expressions held in memory, and the length up to which one is worth it. */
const rememberedMax = 2_000;
const lengthMax = 2_000;
/** What is made of these depends on values, not only on their types. */
const valueMatters = /\b(?:between|attribute_type)\b/i;

interface Remembered {
  /** What the parser made, with names of values in place of the values. */
  readonly template: unknown;
  readonly usedNames: readonly string[];
  readonly usedValues: readonly string[];
}

/** Stands in a template for the value that a request gives under this name. */
class ValueOf {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

remember(conditionParser);
remember(updateParser);

/**
 * Requests carry the same few expressions over and over, and their parser, made for any, took a third
 * of the time of a write. What it makes of a text follows from the text, the names, and the types of
 * the values given along; beside its answer it strikes out those that were used.
 */
function remember(parser: ExpressionParser): void {
  const parse = parser.parse;
  const remembered = new Map<string, Remembered>();
  parser.parse = (text, options) => {
    const { context } = options;
    const { attrNames = {}, attrVals = {} } = context;
    if (text.length > lengthMax || valueMatters.test(text)) return parse(text, options);
    const key = keyOf(text, context.isKeyCondition, attrNames, attrVals);
    let known = remembered.get(key);
    if (!known) {
      // Names that another expression of the request has used are this one's to use as well.
      const unused = { unusedAttrNames: allOf(attrNames), unusedAttrVals: allOf(attrVals) };
      const parsed = parse(text, { context: { ...context, ...unused } });
      if (typeof parsed !== 'object') return parsed;
      known = {
        template: toTemplate(parsed, new Map(Object.entries(attrVals).map(([a, b]) => [b, a]))),
        usedNames: Object.keys(attrNames).filter((name) => !(name in unused.unusedAttrNames)),
        usedValues: Object.keys(attrVals).filter((name) => !(name in unused.unusedAttrVals)),
      };
      if (remembered.size >= rememberedMax) remembered.clear();
      remembered.set(key, known);
    }
    for (const name of known.usedNames) delete context.unusedAttrNames[name];
    for (const name of known.usedValues) delete context.unusedAttrVals[name];
    return fromTemplate(known.template, attrVals);
  };
}

function keyOf(
  text: string,
  isKeyCondition: boolean | undefined,
  names: Readonly<Record<string, string>>,
  values: Readonly<Record<string, unknown>>,
): string {
  const types = Object.entries(values).map(([name, value]) => [name, Object.keys(Object(value))]);
  return JSON.stringify([text, isKeyCondition, names, types]);
}

function allOf(named: object): Record<string, true> {
  return Object.fromEntries(Object.keys(named).map((name) => [name, true]));
}

function toTemplate(node: unknown, nameOf: ReadonlyMap<unknown, string>): unknown {
  if (typeof node !== 'object' || node === null) return node;
  const name = nameOf.get(node);
  if (name !== undefined) return new ValueOf(name);
  return mapOver(node, (inner) => toTemplate(inner, nameOf));
}

/** A copy of its own: dynalite writes what it finds into an update. */
function fromTemplate(node: unknown, values: Readonly<Record<string, unknown>>): unknown {
  if (typeof node !== 'object' || node === null) return node;
  if (node instanceof ValueOf) return values[node.name];
  return mapOver(node, (inner) => fromTemplate(inner, values));
}

function mapOver(node: object, change: (inner: unknown) => unknown): unknown {
  if (Array.isArray(node)) return node.map(change);
  const made: Record<string, unknown> = Object.create(Object.getPrototypeOf(node));
  for (const [field, inner] of Object.entries(node)) made[field] = change(inner);
  return made;
}
