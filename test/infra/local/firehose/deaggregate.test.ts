import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deaggregate } from '../../../../infra/local/firehose/deaggregate.ts';

describe('deaggregate()', () => {
  it('gives back the objects of a record, whatever stands in them and between them', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    const between = fc.constantFrom('', '\n', ' \r\n\t');
    fc.assert(
      fc.property(fc.array(fc.tuple(object, between)), (parts) => {
        const record = parts.map(([one, space]) => JSON.stringify(one) + space).join('');
        expect(deaggregate(record)).toEqual(parts.map(([one]) => JSON.stringify(one)));
      }),
    );
  });

  it.each(['{"a":1', '[1]', '{"a":1},{"b":2}', '}', 'null'])('refuses %s', (record) => {
    expect(() => deaggregate(record)).toThrow('JSON objects are expected');
  });
});
