import conditionParser from 'dynalite/db/conditionParser.js';
import updateParser from 'dynalite/db/updateParser.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';

/** The parsers as they are, before they remember. */
const plain = { condition: conditionParser.parse, update: updateParser.parse };
await import('../../../../infra/local/dynamodb/remember-expressions.ts');

interface Given {
  readonly text: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What a parser makes of an expression, and what is left for others to use. */
function outcome(parse: typeof conditionParser.parse, { text, names, values }: Given) {
  const all = (named: object) =>
    Object.fromEntries(Object.keys(named).map((name) => [name, true as const]));
  const unusedAttrNames = all(names);
  const unusedAttrVals = all(values);
  const context = {
    attrNames: names,
    attrVals: values,
    unusedAttrNames,
    unusedAttrVals,
    isReserved: (name: string) => name === 'status',
    compare: () => false,
  };
  let parsed: unknown;
  try {
    parsed = parse(text, { context });
  } catch (error) {
    parsed = String(error);
  }
  // A fault is a text; what it used matters to nobody, for the request ends with it.
  if (typeof parsed === 'string') return { parsed, unused: [] };
  const unused = [...Object.keys(unusedAttrNames), ...Object.keys(unusedAttrVals)];
  return structuredClone({ parsed, unused });
}

const value = fc.oneof(
  fc.record({ N: fc.integer().map(String) }),
  fc.record({ S: fc.string() }),
  fc.record({ BOOL: fc.boolean() }),
);
const given = (texts: readonly string[]) =>
  fc.record({
    text: fc.constantFrom(...texts),
    names: fc.constantFrom({}, { '#a': 'version' }, { '#a': 'status', '#b': 'x' }),
    values: fc.record({ ':v': value, ':w': value }, { requiredKeys: [] }),
  });

const conditions = [
  '#a = :v',
  'attribute_not_exists(pk)',
  'attribute_not_exists(pk) OR (#a = :v AND #b < :w)',
  'size(#a) > :v',
  '#a BETWEEN :v AND :w',
  'begins_with(#a, :v)',
  '#a IN (:v, :w)',
  'status = :v',
  'attribute_type(#a, :v)',
  'contains(#a, :v) AND NOT #b <> :w',
  '#a = ',
];
const updates = [
  'SET #a = :v',
  'SET #a = :v, #b = :w REMOVE gone',
  'SET #a = #a + :v',
  'SET #a = if_not_exists(#a, :v)',
  'ADD #a :v',
  'DELETE #a :v',
  'SET status = :v',
  'REMOVE #b',
  'SET #a = list_append(#b, :v)',
  'SET',
];

it.each([
  ['condition', conditions, conditionParser, plain.condition],
  ['update', updates, updateParser, plain.update],
] as const)(
  'a %s that came before means what it would mean anew',
  (_kind, texts, parser, parse) => {
    fc.assert(
      fc.property(fc.array(given(texts), { minLength: 1, maxLength: 30 }), (requests) => {
        for (const request of requests) {
          expect(outcome(parser.parse, request)).toEqual(outcome(parse, request));
        }
      }),
      { numRuns: 200 },
    );
  },
);

it('what two expressions of one request use is struck out by each', () => {
  const values = { ':v': { N: '1' } };
  for (const _time of [1, 2]) {
    const unusedAttrNames: Record<string, true> = {};
    const unusedAttrVals: Record<string, true> = { ':v': true };
    const context = {
      attrNames: {},
      attrVals: values,
      unusedAttrNames,
      unusedAttrVals,
      isReserved: () => false,
      compare: () => false,
    };
    updateParser.parse('SET a = :v', { context });
    expect(conditionParser.parse('a < :v', { context })).toMatchObject({
      expression: { type: '<', args: [['a'], { N: '1' }] },
    });
    expect(unusedAttrVals).toEqual({});
  }
});

it('what is done to a parsed update is not found in the next', () => {
  const request = { text: 'SET #a = :v', names: { '#a': 'x' }, values: { ':v': { N: '1' } } };
  const spoil = (parsed: unknown) => {
    if (typeof parsed === 'object' && parsed !== null && 'sections' in parsed) parsed.sections = [];
  };
  const context = {
    attrNames: request.names,
    attrVals: request.values,
    unusedAttrNames: {},
    unusedAttrVals: {},
    isReserved: () => false,
    compare: () => false,
  };
  spoil(updateParser.parse(request.text, { context }));
  expect(outcome(updateParser.parse, request)).toEqual(outcome(plain.update, request));
});
