import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  EntityState,
  Feature,
  FeatureEvent,
  FeatureSetDeclaration,
} from '../../../shared/features/feature.ts';
import { type FeatureSet, featureSet } from '../../../shared/features/feature-set.ts';
import { featureWindows, type WindowName } from '../../../shared/features/windows.ts';

const dayMs = 86_400_000;
const sources = {
  visit: { entities: ['person'], values: { page: 'varchar', cents: 'bigint' } },
  sale: { entities: ['person'], values: { page: 'varchar', cents: 'bigint' } },
} as const;

function setOf(
  features: readonly Feature[],
  more: Partial<FeatureSetDeclaration> = {},
): FeatureSet {
  return featureSet('test', {
    sources,
    points: ['sale'],
    memoryMs: 184 * dayMs,
    features,
    ...more,
  });
}

function event(
  source: 'visit' | 'sale',
  atMs: number,
  values: FeatureEvent['values'] = {},
): FeatureEvent {
  return { source, id: `${source}-${atMs}`, atMs, entities: { person: '1' }, values };
}

/** The features of the last event, behind all others. */
function atLast(set: FeatureSet, events: readonly FeatureEvent[]) {
  const states = new Map<string, EntityState>();
  let last: ReturnType<FeatureSet['take']>['vector'];
  for (const each of events) {
    const { states: changed, vector } = set.take(each, states);
    // What is stored comes back as JSON.
    for (const [key, state] of changed) states.set(key, JSON.parse(JSON.stringify(state)));
    last = vector;
  }
  return last;
}

const named = { name: 'f', meaning: 'f' };
const visits = { ...named, source: 'visit', entity: 'person' } as const;
const sales = { ...named, source: 'sale', entity: 'person' } as const;

describe('featureSet()', () => {
  test.each(Object.keys(featureWindows) as WindowName[])(
    'counts, adds and tells apart over %s what its definition says, of any history',
    (window) => {
      const { lengthMs, stepMs } = featureWindows[window];
      const field = 'cents';
      const set = setOf([
        { ...visits, window, of: 'count', name: 'count' },
        { ...visits, window, of: 'sum', field, name: 'sum' },
        { ...visits, window, of: 'max', field, name: 'max' },
        { ...visits, window, of: 'min', field, name: 'min' },
        { ...visits, window, of: 'distinct', field, name: 'distinct' },
        { ...visits, window, of: 'mean', field, name: 'mean' },
      ]);
      const times = fc.array(fc.integer({ min: 0, max: 2 * lengthMs }), { maxLength: 60 });
      const cents = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 60, maxLength: 60 });
      fc.assert(
        fc.property(times, cents, (unordered, amounts) => {
          const events = unordered
            .toSorted((a, b) => a - b)
            .map((atMs, index) => event('visit', atMs, { cents: amounts[index] ?? 0 }));
          const nowMs = Math.max(0, ...unordered);
          const vector = atLast(set, [...events, event('sale', nowMs)]);
          const covered = events
            .filter(
              ({ atMs }) =>
                Math.floor(atMs / stepMs) > Math.floor(nowMs / stepMs) - lengthMs / stepMs,
            )
            .map(({ values }) => Number(values['cents']));
          const sum = covered.reduce((total, each) => total + each, 0);
          expect(vector).toEqual({
            count: covered.length,
            sum,
            max: covered.length === 0 ? null : Math.max(...covered),
            min: covered.length === 0 ? null : Math.min(...covered),
            distinct: Math.min(new Set(covered).size, 32),
            mean: covered.length === 0 ? null : sum / covered.length,
          });
        }),
      );
    },
  );

  test('counts the point’s own event, and leaves it out where that is declared', () => {
    const set = setOf([
      { ...sales, of: 'count', window: '1h', name: 'with' },
      { ...sales, of: 'count', window: '1h', before: true, name: 'before' },
      { ...sales, of: 'sum', field: 'cents', window: '1h', before: true, name: 'cents' },
    ]);
    const events = [event('sale', 0, { cents: 5 }), event('sale', 1, { cents: 7 })];
    expect(atLast(set, events)).toEqual({ with: 2, before: 1, cents: 5 });
  });

  test('says how long ago the first and the last were, and forgets what was silent too long', () => {
    const set = setOf(
      [
        { ...sales, of: 'sinceFirst', unit: 'second', name: 'first' },
        { ...sales, of: 'sinceLast', unit: 'second', name: 'last' },
      ],
      { memoryMs: dayMs },
    );
    const at = (...times: number[]) =>
      atLast(
        set,
        times.map((atMs) => event('sale', atMs)),
      );
    expect(at(0)).toEqual({ first: 0, last: null });
    expect(at(0, 60_000, 61_500)).toEqual({ first: 61, last: 1 });
    expect(at(0, dayMs)).toEqual({ first: 86_400, last: 86_400 });
    expect(at(0, dayMs + 1)).toEqual({ first: 0, last: null });
  });

  test('compares with the last value before, and passes over events that do not tell it', () => {
    const set = setOf([{ ...sales, of: 'differs', field: 'page' }]);
    const after = (...pages: (string | null)[]) =>
      atLast(
        set,
        pages.map((page, index) => event('sale', index, { page })),
      )?.['f'];
    expect(after('a')).toBeNull();
    expect(after('a', 'b')).toBe(1);
    expect(after('a', null, 'a')).toBe(0);
    expect(after('a', null)).toBeNull();
  });

  test('measures a value by the entity’s others: z-scores of the earlier ones', () => {
    const set = setOf([{ ...sales, of: 'zScore', field: 'cents', unit: 100, window: '30d' }]);
    const after = (...cents: number[]) =>
      atLast(
        set,
        cents.map((each, index) => event('sale', index, { cents: each })),
      )?.['f'];
    expect(after(1_000, 2_000)).toBeNull();
    expect(after(1_000, 1_000, 9_000)).toBeNull();
    // Of 10 and 30 units the mean is 20 and the deviation 10.
    expect(after(1_000, 3_000, 5_000)).toBe(3);
    expect(after(1_000, 3_000, 5e12)).toBe((2 ** 20 - 20) / 10);
  });

  test('reads the point itself: values, calendar, and features beside each other', () => {
    const set = setOf([
      { ...named, of: 'value', field: 'cents', name: 'cents' },
      { ...named, of: 'value', field: 'page', equals: ['a', 'b'], name: 'on_page' },
      { ...named, of: 'hourOfDay', name: 'hour' },
      { ...named, of: 'weekday', name: 'day' },
      { ...named, of: 'weekday', among: [5, 6], name: 'weekend' },
      { ...named, of: 'ratio', left: 'cents', right: 'hour', name: 'ratio' },
      { ...named, of: 'difference', left: 'cents', right: 'hour', name: 'difference' },
    ]);
    // A Saturday, eight in the morning.
    const saturday = event('sale', Date.UTC(2026, 7, 1, 8), { cents: 12, page: 'b' });
    expect(set.take(saturday, new Map()).vector).toEqual({
      cents: 12,
      on_page: 1,
      hour: 8,
      day: 5,
      weekend: 1,
      ratio: 1.5,
      difference: 4,
    });
    const midnight = event('sale', Date.UTC(2026, 7, 3), {});
    expect(set.take(midnight, new Map()).vector).toMatchObject({
      cents: null,
      on_page: null,
      day: 0,
      ratio: null,
    });
  });

  test('knows nothing of an entity that the point does not name', () => {
    const set = setOf([{ ...visits, of: 'count', window: '1h' }]);
    const { vector, states } = set.take({ ...event('sale', 0), entities: {} }, new Map());
    expect(vector).toEqual({ f: null });
    expect([...states.keys()]).toEqual([]);
  });

  test('names the entities of an event, and changes only those that remember it', () => {
    const set = setOf([{ ...visits, of: 'count', window: '1h' }]);
    expect(set.keys(event('sale', 0))).toEqual(['person|1']);
    expect([...set.take(event('sale', 0), new Map()).states.keys()]).toEqual([]);
    expect([...set.take(event('visit', 0), new Map()).states.keys()]).toEqual(['person|1']);
  });

  test('leaves the states it is given as they are', () => {
    const set = setOf([
      { ...visits, of: 'sum', field: 'cents', window: '1h', name: 'sum' },
      { ...visits, of: 'distinct', field: 'page', window: '1h', name: 'pages' },
    ]);
    const values = { cents: 1, page: 'a' };
    const { states } = set.take(event('visit', 0, values), new Map());
    const before = JSON.stringify([...states]);
    set.take(event('visit', 1, { cents: 2, page: 'b' }), states);
    expect(JSON.stringify([...states])).toBe(before);
  });

  test('counts a late event where its bucket lives, and not in the points before it', () => {
    const set = setOf([{ ...visits, of: 'count', window: '1h' }]);
    const hourMs = 3_600_000;
    const late = [event('visit', 2 * hourMs), event('visit', hourMs + 600_000)];
    expect(atLast(set, [...late, event('sale', 2 * hourMs)])).toEqual({ f: 2 });
    expect(atLast(set, [...late, event('sale', 2 * hourMs - 1)])).toEqual({ f: 1 });
    const tooLate = [event('visit', 3 * hourMs), event('visit', hourMs)];
    expect(atLast(set, [...tooLate, event('sale', hourMs)])).toEqual({ f: 0 });
  });

  test('begins anew with a state that other features have kept', () => {
    const hours = setOf([{ ...visits, of: 'count', window: '1h' }]);
    const days = setOf([{ ...visits, of: 'count', window: '1d' }]);
    const { states } = hours.take(event('visit', 0), new Map());
    expect(days.take(event('sale', 1), states).vector).toEqual({ f: 0 });
  });

  test('tells a trend by what chance alone would do, each count by its time', () => {
    const set = setOf([
      { ...visits, of: 'count', window: '30m', name: 'late' },
      { ...visits, of: 'count', window: '1h', name: 'all' },
      { of: 'trend', name: 'trend', meaning: 'f', left: 'late', right: 'all' },
      { of: 'ratio', name: 'times', meaning: 'f', left: 'late', right: 'all', times: 168 },
    ]);
    const minuteMs = 60_000;
    const every = (count: number, fromMs: number) =>
      Array.from({ length: count }, (_, ms) => event('visit', fromMs + ms));
    const trendAt = (events: readonly FeatureEvent[], atMs: number) =>
      Number(atLast(set, [...events, event('sale', atMs)])?.['trend']);
    // 30 minutes and 29: the steps before the present one, and four minutes of it.
    const [early, late] = [every(4, 0), every(12, 30 * minuteMs)];
    expect(trendAt([...early, ...late], 59 * minuteMs)).toBeCloseTo(
      (12 * 30 - 4 * 29) / Math.sqrt(30 * 29 * 16),
      12,
    );
    // The same rate is no trend, however little of the present step has gone.
    expect(trendAt([...every(30, 0), ...every(25, 30 * minuteMs)], 55 * minuteMs)).toBe(0);
    const vector = atLast(set, [...early, ...late, event('sale', 59 * minuteMs)]);
    expect(vector).toMatchObject({ late: 12, all: 16, times: (12 * 168) / 16 });
    expect(atLast(set, [event('sale', 0)])).toMatchObject({ trend: null, times: null });
  });

  test('tells at any moment what it would tell of an event then, as far as nothing of it is missing', () => {
    const set = setOf([
      { ...visits, of: 'count', window: '1h', name: 'visits' },
      { ...sales, of: 'zScore', field: 'cents', unit: 1, window: '1d', name: 'deviation' },
      { ...sales, of: 'sinceLast', unit: 'second', name: 'since' },
      { of: 'value', name: 'cents', meaning: 'f', field: 'cents' },
      { of: 'ratio', name: 'pair', meaning: 'f', left: 'cents', right: 'visits' },
    ]);
    const states = new Map<string, EntityState>();
    for (const each of [
      event('visit', 0),
      event('sale', 1_000, { cents: 100 }),
      event('sale', 2_000, { cents: 300 }),
    ]) {
      for (const [key, state] of set.take(each, states).states) states.set(key, state);
    }
    const moment = { atMs: 7_000, entities: { person: '1' } };
    expect(set.at(moment, states)).toEqual({ visits: 1, since: 5 });
    expect(set.at({ ...moment, values: { cents: 500 } }, states)).toEqual(
      set.take(event('sale', 7_000, { cents: 500 }), states).vector,
    );
    expect(set.at({ ...moment, entities: { person: 'new' } }, states)).toMatchObject({
      visits: 0,
      since: null,
    });
    expect(set.at({ atMs: 7_000, entities: {} }, states)).toEqual({});
  });

  test('keeps a state small, however much happens', () => {
    const set = setOf([
      { ...visits, of: 'count', window: '1m', name: 'count' },
      { ...visits, of: 'distinct', field: 'page', window: '30d', name: 'pages' },
    ]);
    const events = Array.from({ length: 5_000 }, (_, index) =>
      event('visit', index * 977, { page: `page ${index}` }),
    );
    const states = new Map<string, EntityState>();
    for (const each of events) {
      for (const [key, state] of set.take(each, states).states) states.set(key, state);
    }
    expect(JSON.stringify(states.get('person|1')).length).toBeLessThan(2_500);
  });

  const faulty: readonly [string, Feature, string][] = [
    [
      'a name with capitals',
      { ...visits, of: 'count', window: '1h', name: 'Visits' },
      'lower-case',
    ],
    [
      'no meaning',
      { ...visits, of: 'count', window: '1h', meaning: ' ' },
      'must say what it means',
    ],
    ['an unknown source', { ...visits, of: 'count', window: '1h', source: 'x' }, 'no such source'],
    [
      'an unknown entity',
      { ...visits, of: 'count', window: '1h', entity: 'x' },
      'do not have the entity',
    ],
    ['an unknown field', { ...visits, of: 'sum', window: '1h', field: 'x' }, 'the source has no x'],
    ['a sum of text', { ...visits, of: 'sum', window: '1h', field: 'page' }, 'only integers'],
    ['a value nobody has', { ...named, of: 'value', field: 'x' }, 'no point has the field'],
    ['a pair of nothing', { ...named, of: 'ratio', left: 'x', right: 'y' }, 'declared before it'],
  ];
  test.each(faulty)('refuses %s', (_what, feature, reason) => {
    expect(() => setOf([feature])).toThrow(reason);
  });

  test('refuses a trend of anything but counts over two windows of one series', () => {
    const [left, right] = ['late', 'all'];
    const trend: Feature = { of: 'trend', name: 'trend', meaning: 'f', left, right };
    const late: Feature = { ...visits, of: 'count', window: '30m', name: left };
    const others: readonly Feature[] = [
      { ...visits, of: 'count', window: '1d', name: right },
      { ...visits, of: 'count', window: '30m', name: right },
      { ...sales, of: 'count', window: '1h', name: right },
      { ...visits, of: 'sum', field: 'cents', window: '1h', name: right },
    ];
    for (const all of others) {
      expect(() => setOf([late, all, trend])).toThrow('a longer one of equal steps');
    }
  });

  test('refuses a name that is given twice, and a memory shorter than a window', () => {
    const feature: Feature = { ...visits, of: 'count', window: '30d' };
    expect(() => setOf([feature, feature])).toThrow('every name is given once');
    expect(() => setOf([feature], { memoryMs: dayMs })).toThrow('must span 2592000000 ms');
  });

  test('refuses a field that is text in one source and a number in another', () => {
    const visit = { entities: ['person'], values: { page: 'bigint' } } as const;
    expect(() => setOf([], { sources: { ...sources, visit } })).toThrow(
      'a field is of one type in all sources: received "page"',
    );
  });

  test('has no SQL without rows', () => {
    const set = setOf([{ ...visits, of: 'count', window: '1h' }]);
    expect(() => set.sql()).toThrow('the source has no rows in the lake: received "visit"');
  });
});
