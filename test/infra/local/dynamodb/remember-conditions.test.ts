import conditionParser from 'dynalite/db/conditionParser.js';
import { expect, it } from 'vitest';
import '../../../../infra/local/dynamodb/remember-conditions.ts';

function parse(text: string, version: string, more: Record<string, string> = {}) {
  const attrNames = { '#attribute': 'version', ...more };
  const attrVals = { ':value': { N: version } };
  const unusedAttrNames: Record<string, true> = {};
  for (const name of Object.keys(attrNames)) unusedAttrNames[name] = true;
  const unusedAttrVals: Record<string, true> = { ':value': true };
  const context = {
    attrNames,
    attrVals,
    unusedAttrNames,
    unusedAttrVals,
    isReserved: () => false,
    compare: () => false,
  };
  const parsed = conditionParser.parse(text, { context });
  return { parsed, unused: [...Object.keys(unusedAttrNames), ...Object.keys(unusedAttrVals)] };
}

it('a condition that is remembered says the same again, and what it has used', () => {
  const text = '#attribute = :value';
  const first = parse(text, '1');
  expect(first.unused).toEqual([]);
  expect(JSON.stringify(first.parsed)).toContain('{"N":"1"}');
  expect(parse(text, '1')).toEqual(first);
  expect(JSON.stringify(parse(text, '2').parsed)).toContain('{"N":"2"}');
  for (const _time of [1, 2]) expect(parse(text, '1', { '#b': 'b' }).unused).toEqual(['#b']);
  for (const _time of [1, 2]) {
    expect(parse('attribute_not_exists(pk)', '1').unused).toEqual(['#attribute', ':value']);
  }
});
