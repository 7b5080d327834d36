import { notSupported } from '../errors.ts';
import { bareFunctions, knownTargets } from './functions.ts';
import { unknownFunction } from './rewrite-tokens.ts';
import { joinKinds, selectParts, structure, supportedNodes } from './supported-nodes.ts';
import { type Fields, isFields, nodeOf, type Tree } from './tree.ts';

const groupings = new Set(['rollup', 'cube', 'grouping sets']);
/** Fields of EXTRACT that both engines number alike. */
const extractFields = new Set([
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'hour',
  'minute',
  'second',
]);
/**
 * Refuses every node that is not on the list of what is played here.
 *
 * @throws QueryError NOT_SUPPORTED, naming the construct.
 */
export function checkTree(tree: Tree): void {
  if (Array.isArray(tree)) {
    for (const member of tree) checkTree(member);
    return;
  }
  if (typeof tree !== 'object' || tree === null) return;
  const node = nodeOf(tree);
  if (node) checkNode(node.kind, node.data);
  for (const member of Object.values(tree)) checkTree(member);
}

function checkNode(kind: string, data: Fields): void {
  if (structure.has(kind)) return;
  if (!supportedNodes.has(kind)) throw notSupported(wordsOf(kind));
  if (kind === 'function' || kind === 'aggregate_function') checkFunction(data);
  if (kind === 'select') checkSelect(data);
  if (kind === 'star' && ['except', 'replace', 'rename'].some((part) => isPresent(data[part]))) {
    throw notSupported('A star with EXCEPT, REPLACE or RENAME');
  }
  if (kind === 'unnest' && isPresent(data['expressions'])) {
    throw notSupported('UNNEST of several arrays at once');
  }
  if (kind === 'extract') checkExtract(data);
}

function checkFunction(data: Fields): void {
  const name = String(data['name']).toLowerCase();
  const isKnown = data['no_parens'] === true ? bareFunctions.has(name) : knownTargets.has(name);
  if (!isKnown && !groupings.has(name)) throw unknownFunction(name);
}

function checkSelect(data: Fields): void {
  for (const [part, value] of Object.entries(data)) {
    if (isPresent(value) && !selectParts.has(part)) throw notSupported(wordsOf(part));
  }
  const limit = data['limit'];
  if (
    typeof limit === 'object' &&
    limit !== null &&
    'percent' in limit &&
    limit['percent'] === true
  ) {
    throw notSupported('LIMIT in percent');
  }
  const grouping = data['group_by'];
  if (isFields(grouping) && grouping['all'] === true && !isPresent(grouping['expressions'])) {
    throw notSupported('GROUP BY ALL');
  }
  const joins = Array.isArray(data['joins']) ? data['joins'] : [];
  for (const join of joins) {
    const kind =
      typeof join === 'object' && join !== null && 'kind' in join ? String(join['kind']) : '';
    if (!joinKinds.has(kind)) throw notSupported(`${wordsOf(kind)} JOIN`);
  }
}

function checkExtract(data: Fields): void {
  const field = data['field'] ?? null;
  const name = (typeof field === 'string' ? field : JSON.stringify(field)).toLowerCase();
  if (!extractFields.has(name)) throw notSupported(`EXTRACT of ${name}`);
}

function isPresent(value: Tree | undefined): boolean {
  return Array.isArray(value)
    ? value.length > 0
    : value !== undefined && value !== null && value !== false;
}

function wordsOf(kind: string): string {
  return kind
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toUpperCase();
}
