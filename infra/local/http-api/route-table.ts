/** The route a request takes, with the values of its path's variables. */
export interface RouteMatch<Route> {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

export type RouteTable<Route> = (method: string, path: string) => RouteMatch<Route> | undefined;

interface Entry<Route> {
  readonly route: Route;
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly rank: string;
}

const variable = /^\{([\w.-]+)(\+?)\}$/;

/**
 * Finds routes as an HTTP API does: the most specific path wins (a fixed segment over a variable,
 * a variable over a greedy one), then a method over ANY, and `$default` takes what is left.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function routeTable<Route extends { readonly routeKey: string }>(
  routes: readonly Route[],
): RouteTable<Route> {
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  const entries = routes
    .filter(({ routeKey }) => routeKey !== '$default')
    .map(compile)
    .sort((one, other) => (one.rank < other.rank ? -1 : 1));
  return (method, path) => {
    for (const entry of entries) {
      if (entry.method !== 'ANY' && entry.method !== method) continue;
      const found = entry.pattern.exec(path);
      if (found === null) continue;
      const values = entry.names.map((name, index) => [name, decodePath(found[index + 1] ?? '')]);
      return { route: entry.route, pathParameters: Object.fromEntries(values) };
    }
    return fallback === undefined ? undefined : { route: fallback, pathParameters: {} };
  };
}

/** A path as functions see it; a stray percent sign stays what it is. */
export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function compile<Route extends { readonly routeKey: string }>(route: Route): Entry<Route> {
  const [method = '', path = ''] = route.routeKey.split(' ');
  const segments = path.split('/').slice(1);
  const names: string[] = [];
  const patterns = segments.map((segment, index) => {
    const [, name, greedy] = variable.exec(segment) ?? [];
    if (name === undefined) return segment.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
    if (greedy === '+' && index < segments.length - 1) {
      throw new Error(
        `Cannot play route: a greedy variable must come last: received ${route.routeKey}`,
      );
    }
    names.push(name);
    return greedy === '+' ? '(.+)' : '([^/]+)';
  });
  const rank = segments.map(segmentRank).join('') + (method === 'ANY' ? '9' : '8');
  return { route, method, pattern: new RegExp(`^/${patterns.join('/')}$`), names, rank };
}

/** Compared as text, segment by segment: the smaller is the more specific. */
function segmentRank(segment: string): string {
  const [, name, greedy] = variable.exec(segment) ?? [];
  if (name === undefined) return '1';
  return greedy === '+' ? '3' : '2';
}
