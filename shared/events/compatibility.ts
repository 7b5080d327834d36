import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from './event-schemas.ts';

const notes = new Set(['$schema', '$id', 'title', 'description', 'default', 'examples']);

/**
 * Why a reader of the newer schema could not read what was written by the older: the rule between
 * versions (BACKWARD). What cannot be decided counts as a breach. Writers write the fields that they
 * declare and no others, so a field that the older does not know is taken to be absent.
 *
 * @returns one line per breach, beginning with its place; none when all can be read.
 */
export function backwardBreaches(older: JsonSchema, newer: JsonSchema, at = '$'): string[] {
  if (isDeepStrictEqual(withoutNotes(older), withoutNotes(newer))) return [];
  const branches = schemasIn(older['anyOf']);
  if (branches !== undefined) {
    return branches.flatMap((branch) => backwardBreaches(branch, newer, at));
  }
  const choices = schemasIn(newer['anyOf']);
  if (choices !== undefined) {
    const fits = choices.some((choice) => backwardBreaches(older, choice, at).length === 0);
    return fits ? [] : [`${at}: no alternative takes what was written`];
  }
  const ofValues = valueBreaches(older, newer, at);
  if (ofValues.length > 0) return ofValues;
  return [
    ...boundBreaches(older, newer, at),
    ...fieldBreaches(older, newer, at),
    ...itemBreaches(older, newer, at),
    ...otherBreaches(older, newer, at),
  ];
}

/**
 * Why the newer schema must have a version of its own: within one, fields may be added that need not
 * be there, and nothing else may change. Then readers of both read what writers of both write.
 *
 * @returns one line per breach, beginning with its place.
 */
export function sameVersionBreaches(older: JsonSchema, newer: JsonSchema, at = '$'): string[] {
  const before = fieldsOf(older);
  const after = fieldsOf(newer);
  const rest = (schema: JsonSchema) => {
    const { properties, items, anyOf, ...others } = withoutNotes(schema);
    return { ...others, hasItems: items !== undefined, choices: schemasIn(anyOf)?.length };
  };
  if (!isDeepStrictEqual(sorted(rest(older)), sorted(rest(newer)))) {
    const added = requiredOf(newer).filter((name) => !requiredOf(older).includes(name));
    const what =
      added.length > 0 ? `${added.join(', ')} must be there now` : 'it says other things';
    return [`${at}: ${what}`];
  }
  const inside = [
    ...Object.entries(before).map(([name, schema]) => [schema, after[name], name] as const),
    ...[[schemaIn(older['items']), schemaIn(newer['items']), '[]'] as const],
    ...(schemasIn(older['anyOf']) ?? []).map(
      (schema, place) => [schema, schemasIn(newer['anyOf'])?.[place], `|${place}`] as const,
    ),
  ];
  return inside.flatMap(([one, other, name]) => {
    if (one === undefined) return [];
    const place = `${at}.${name}`;
    return other === undefined ? [`${place}: it is gone`] : sameVersionBreaches(one, other, place);
  });
}

/** Order of the names of required fields means nothing. */
function sorted(schema: JsonSchema): JsonSchema {
  return { ...schema, required: requiredOf(schema).toSorted() };
}

function valueBreaches(older: JsonSchema, newer: JsonSchema, at: string): string[] {
  const allowed = valuesOf(newer);
  const written = valuesOf(older);
  if (allowed !== undefined) {
    const refused = written?.filter((value) => !allowed.includes(value));
    if (refused === undefined) return [`${at}: only some values are taken now`];
    return refused.map((value) => `${at}: ${JSON.stringify(value)} is taken no more`);
  }
  const types = typesOf(newer);
  if (types === undefined) return [];
  const before = typesOf(older);
  if (before === undefined) return [`${at}: only ${types.join(', ')} is taken now`];
  return before
    .filter((type) => !types.includes(type) && !(type === 'integer' && types.includes('number')))
    .map((type) => `${at}: a value of type ${type} is taken no more`);
}

const lowest = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'];
const highest = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'];

function boundBreaches(older: JsonSchema, newer: JsonSchema, at: string): string[] {
  return [...lowest, ...highest].flatMap((bound) => {
    const [before, after] = [older[bound], newer[bound]];
    if (after === undefined) return [];
    const isWithin =
      typeof before === 'number' &&
      typeof after === 'number' &&
      (lowest.includes(bound) ? before >= after : before <= after);
    return isWithin ? [] : [`${at}: ${bound} is ${after} now, it was ${before ?? 'open'}`];
  });
}

function fieldBreaches(older: JsonSchema, newer: JsonSchema, at: string): string[] {
  const [before, after] = [fieldsOf(older), fieldsOf(newer)];
  const isClosed = newer['additionalProperties'] === false;
  return [
    ...requiredOf(newer)
      .filter((name) => !requiredOf(older).includes(name))
      .map((name) => `${at}.${name}: it must be there now`),
    ...Object.entries(before).flatMap(([name, schema]) => {
      const known = after[name];
      if (known !== undefined) return backwardBreaches(schema, known, `${at}.${name}`);
      return isClosed ? [`${at}.${name}: it is refused now`] : [];
    }),
  ];
}

function itemBreaches(older: JsonSchema, newer: JsonSchema, at: string): string[] {
  const [before, after] = [schemaIn(older['items']), schemaIn(newer['items'])];
  return after === undefined ? [] : backwardBreaches(before ?? {}, after, `${at}.[]`);
}

const understood = new Set([
  ...['type', 'const', 'enum', 'anyOf', 'properties', 'required', 'additionalProperties', 'items'],
  ...lowest,
  ...highest,
]);

function otherBreaches(older: JsonSchema, newer: JsonSchema, at: string): string[] {
  return Object.keys(withoutNotes(newer))
    .filter((word) => !understood.has(word) && !isDeepStrictEqual(older[word], newer[word]))
    .map((word) => `${at}: ${word} has changed`);
}

function withoutNotes(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([word]) => !notes.has(word)));
}

function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined;
}

function typesOf(schema: JsonSchema): readonly unknown[] | undefined {
  const { type } = schema;
  return type === undefined ? undefined : [type].flat();
}

function fieldsOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const fields = Object.entries(schemaIn(schema['properties']) ?? {});
  return Object.fromEntries(fields.map(([name, field]) => [name, schemaIn(field) ?? {}]));
}

function requiredOf(schema: JsonSchema): readonly unknown[] {
  return Array.isArray(schema['required']) ? schema['required'] : [];
}

function schemaIn(value: unknown): JsonSchema | undefined {
  return isSchema(value) ? value : undefined;
}

function schemasIn(value: unknown): readonly JsonSchema[] | undefined {
  return Array.isArray(value) ? value.filter(isSchema) : undefined;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
