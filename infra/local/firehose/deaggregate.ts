/**
 * Splits one record into the JSON objects in it, which may stand one per line or one behind the
 * other, as the `RecordDeAggregation` processor of type JSON does.
 *
 * @throws SyntaxError when what is there is not a sequence of JSON objects.
 */
export function deaggregate(text: string): string[] {
  const objects: string[] = [];
  let depth = 0;
  let start = -1;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"' && depth > 0) {
      inString = true;
    } else if (char === '{') {
      if (depth === 0) start = at;
      depth += 1;
    } else if (char === '}' && depth > 0) {
      depth -= 1;
      if (depth === 0) objects.push(text.slice(start, at + 1));
    } else if (depth === 0 && !/\s/.test(char ?? '')) {
      throw notObjects(text, at);
    }
  }
  if (depth > 0) throw notObjects(text, start);
  return objects;
}

function notObjects(text: string, at: number): SyntaxError {
  return new SyntaxError(
    `Cannot split record: JSON objects are expected: received ${JSON.stringify(text.slice(at, at + 40))}`,
  );
}
