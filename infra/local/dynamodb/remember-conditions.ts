import conditionParser, { type ParserContext } from 'dynalite/db/conditionParser.js';

/** Conditions held in memory, and the length up to which one is worth it. */
const rememberedMax = 2_000;
const lengthMax = 400;

interface Remembered {
  readonly parsed: unknown;
  readonly usedNames: readonly string[];
  readonly usedValues: readonly string[];
}

const parse = conditionParser.parse;
const remembered = new Map<string, Remembered>();

/**
 * The engine's writes all carry one of few conditions, and its parser, made for any, took a quarter
 * of the time of a transaction. What it makes of a text follows from the text and the names and
 * values given along; beside its answer it strikes out those that were used.
 */
conditionParser.parse = (text, options) => {
  const { context } = options;
  const { attrNames, attrVals, unusedAttrNames, unusedAttrVals } = context;
  const key = JSON.stringify([text, attrNames, attrVals]);
  if (key.length > lengthMax) return parse(text, options);
  let known = remembered.get(key);
  if (!known) {
    const before = { ...unusedAttrNames };
    const valuesBefore = { ...unusedAttrVals };
    const parsed = parse(text, options);
    const usedNames = Object.keys(before).filter((name) => !(name in unusedAttrNames));
    const usedValues = Object.keys(valuesBefore).filter((name) => !(name in unusedAttrVals));
    // Of what another expression of the request used before, this one's use is not to be seen.
    if (!isWhole(context, before, valuesBefore)) return parsed;
    known = { parsed, usedNames, usedValues };
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(key, known);
  }
  for (const name of known.usedNames) delete unusedAttrNames[name];
  for (const name of known.usedValues) delete unusedAttrVals[name];
  return known.parsed;
};

function isWhole(
  { attrNames = {}, attrVals = {} }: ParserContext,
  names: ParserContext['unusedAttrNames'],
  values: ParserContext['unusedAttrVals'],
): boolean {
  const count = (some: object): number => Object.keys(some).length;
  return count(names) === count(attrNames) && count(values) === count(attrVals);
}
