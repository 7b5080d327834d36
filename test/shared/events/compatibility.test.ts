import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { backwardBreaches, sameVersionBreaches } from '../../../shared/events/compatibility.ts';
import type { JsonSchema } from '../../../shared/events/event-schemas.ts';

const jsonOf = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input' });
const order = z.object({
  id: z.string().max(64),
  cents: z.int().min(0).max(1_000),
  status: z.enum(['open', 'paid']),
  note: z.string().nullable().optional(),
  lines: z.array(z.object({ product: z.union([z.int(), z.string()]) })),
});
const with_ = (change: z.ZodRawShape) => jsonOf(order.extend(change));

describe('backwardBreaches()', () => {
  test.each<[string, JsonSchema]>([
    ['the same', jsonOf(order)],
    ['a field that need not be there', with_({ channel: z.string().optional() })],
    [
      'a field that need not be there any more',
      with_({ status: z.enum(['open', 'paid']).optional() }),
    ],
    ['wider bounds', with_({ cents: z.int().min(-5).max(2_000), id: z.string() })],
    ['another value', with_({ status: z.enum(['open', 'paid', 'sent']) })],
    ['any number for a whole one', with_({ cents: z.number().min(0).max(1_000) })],
    ['null beside what was', with_({ cents: z.int().min(0).max(1_000).nullable() })],
    ['a field less, which is passed over', jsonOf(order.omit({ note: true }))],
  ])('lets pass: %s', (_, newer) => {
    expect(backwardBreaches(jsonOf(order), newer)).toEqual([]);
  });

  test.each<[string, JsonSchema, string]>([
    [
      'a field that must be there',
      with_({ channel: z.string() }),
      '$.channel: it must be there now',
    ],
    [
      'narrower bounds',
      with_({ cents: z.int().min(1).max(1_000) }),
      '$.cents: minimum is 1 now, it was 0',
    ],
    [
      'a bound where was none',
      with_({ note: z.string().max(5).nullable().optional() }),
      '$.note: no alternative takes what was written',
    ],
    ['a value less', with_({ status: z.enum(['open']) }), '$.status: "paid" is taken no more'],
    ['another type', with_({ id: z.int() }), '$.id: a value of type string is taken no more'],
    [
      'a form where was none',
      with_({ id: z.string().max(64).regex(/^a/) }),
      '$.id: pattern has changed',
    ],
    [
      'an alternative less',
      with_({ lines: z.array(z.object({ product: z.int() })) }),
      '$.lines.[].product: a value of type string is taken no more',
    ],
    [
      'a field that is refused',
      jsonOf(z.strictObject(order.omit({ note: true }).shape)),
      '$.note: it is refused now',
    ],
  ])('finds: %s', (_, newer, breach) => {
    expect(backwardBreaches(jsonOf(order), newer)).toEqual([breach]);
  });
});

describe('sameVersionBreaches()', () => {
  test('lets a field be added that need not be there, at any depth, and nothing else', () => {
    const inner = z.object({
      product: z.union([z.int(), z.string()]),
      gift: z.boolean().optional(),
    });
    const added = with_({ channel: z.string().optional(), lines: z.array(inner) });
    expect(sameVersionBreaches(jsonOf(order), added)).toEqual([]);
    expect(sameVersionBreaches(added, jsonOf(order))).not.toEqual([]);
  });

  test.each<[string, JsonSchema, string]>([
    ['a field that must be there', with_({ channel: z.string() }), '$: channel must be there now'],
    ['a field gone', jsonOf(order.omit({ note: true })), '$.note: it is gone'],
    [
      'a wider bound',
      with_({ cents: z.int().min(-5).max(1_000) }),
      '$.cents: it says other things',
    ],
    [
      'another value',
      with_({ status: z.enum(['open', 'paid', 'sent']) }),
      '$.status: it says other things',
    ],
    [
      'null',
      with_({ cents: z.int().min(0).max(1_000).nullable() }),
      '$.cents: it says other things',
    ],
    [
      'a field that need not be there now',
      with_({ id: z.string().max(64).optional() }),
      '$: it says other things',
    ],
  ])('finds: %s', (_, newer, breach) => {
    expect(sameVersionBreaches(jsonOf(order), newer)).toEqual([breach]);
  });
});

const leaf: fc.Arbitrary<z.ZodType> = fc.oneof(
  fc
    .tuple(fc.integer({ min: -2, max: 1 }), fc.integer({ min: 1, max: 3 }))
    .map(([low, high]) => z.int().min(low).max(high)),
  fc.constantFrom(z.int(), z.number(), z.string(), z.boolean(), z.null(), z.unknown()),
  fc
    .tuple(fc.nat(1), fc.integer({ min: 1, max: 3 }))
    .map(([low, high]) => z.string().min(low).max(high)),
  fc.subarray(['a', 'b', 'cc'], { minLength: 1 }).map((values) => z.enum(values)),
  fc.constantFrom(z.literal(1), z.literal('a')),
);
const { schema: anySchema } = fc.letrec<{ schema: z.ZodType; object: z.ZodType }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('object'),
    tie('schema').map((item) => z.array(item)),
    fc.tuple(tie('schema'), tie('schema')).map((choices) => z.union(choices)),
  ),
  object: fc
    .tuple(
      fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.tuple(tie('schema'), fc.boolean())),
      fc.boolean(),
    )
    .map(([fields, isClosed]) => {
      const shape = Object.fromEntries(
        Object.entries(fields).map(([name, [schema, optional]]) => [
          name,
          optional ? schema.optional() : schema,
        ]),
      );
      return isClosed ? z.strictObject(shape) : z.object(shape);
    }),
}));
const document = fc.oneof(
  fc.constantFrom<unknown>(-3, -1, 0, 1, 2, 3, 1.5, '', 'a', 'b', 'cc', 'dddd', true, null, [], {}),
  fc.array(fc.constantFrom<unknown>(1, 'a', null, {}), { maxLength: 2 }),
  fc.dictionary(
    fc.constantFrom('x', 'y', 'z'),
    fc.constantFrom<unknown>(0, 1, 'a', 'cc', null, [1], { x: 1 }),
  ),
);

/** Two schemas that may have nothing to do with each other, or one that takes more than the other. */
const pair = anySchema.chain((older) =>
  fc.tuple(
    fc.constant(older),
    fc.oneof(anySchema, fc.constantFrom(older, older.nullable(), z.union([z.string(), older]))),
  ),
);

test('what backwardBreaches() lets pass, a reader of the newer can read whatever the older wrote', () => {
  let read = 0;
  fc.assert(
    fc.property(pair, fc.array(document, { minLength: 20, maxLength: 20 }), (pair, values) => {
      const [older, newer] = pair;
      if (backwardBreaches(jsonOf(older), jsonOf(newer)).length > 0) return;
      for (const value of values) {
        // A writer writes no field that it does not declare.
        const written = older.safeParse(value);
        if (!written.success) continue;
        read += 1;
        expect(newer.safeParse(written.data).success).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
  expect(read).toBeGreaterThan(500);
});

test('what sameVersionBreaches() lets pass, backwardBreaches() does too', () => {
  fc.assert(
    fc.property(pair, ([older, newer]) => {
      if (sameVersionBreaches(jsonOf(older), jsonOf(newer)).length > 0) return;
      expect(backwardBreaches(jsonOf(older), jsonOf(newer))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
