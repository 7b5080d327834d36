import type { IFunction } from 'aws-cdk-lib/aws-lambda';

/** The functions that answer HTTP. */
export interface FrontFunctions {
  readonly shopApi: IFunction;
  readonly clickIntake: IFunction;
  readonly insightsApi: IFunction;
}

interface FrontThrottle {
  /** Requests a second that the front lets through … */
  readonly rateLimit: number;
  /** … and how many at once; 429 beyond. */
  readonly burstLimit: number;
}

interface FrontRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly to: keyof FrontFunctions;
  /** @default - that of all routes together */
  readonly throttle?: FrontThrottle;
}

/** Checking a password keeps a core busy for a tenth of a second, so less of it is let through. */
const passwordThrottle = { rateLimit: 50, burstLimit: 100 };

/** Which function answers what; the shop API takes all the rest, and says so of what does not exist. */
export const frontRoutes: readonly FrontRoute[] = [
  { method: 'POST', path: '/customers', to: 'shopApi', throttle: passwordThrottle },
  { method: 'POST', path: '/sessions', to: 'shopApi', throttle: passwordThrottle },
  { method: 'PATCH', path: '/customers/{id}', to: 'shopApi', throttle: passwordThrottle },
  { method: 'POST', path: '/events', to: 'clickIntake' },
  { method: 'GET', path: '/live', to: 'insightsApi' },
  { method: 'GET', path: '/statistics/{proxy+}', to: 'insightsApi' },
  { method: 'GET', path: '/features/{proxy+}', to: 'insightsApi' },
  { method: 'GET', path: '/dashboard', to: 'insightsApi' },
  { method: 'GET', path: '/dashboard/{proxy+}', to: 'insightsApi' },
  { method: 'GET', path: '/insights/openapi.json', to: 'insightsApi' },
  { method: 'GET', path: '/fraud/orders', to: 'insightsApi' },
  { method: 'GET', path: '/fraud/orders/{id}', to: 'insightsApi' },
  { method: 'POST', path: '/fraud/orders/{id}/reviews', to: 'shopApi' },
  { method: 'GET', path: '/alerts', to: 'insightsApi' },
  { method: 'GET', path: '/alerts/{id}', to: 'insightsApi' },
  { method: 'POST', path: '/alerts/{id}/acknowledgement', to: 'insightsApi' },
  { method: 'POST', path: '/alerts/{id}/snooze', to: 'insightsApi' },
  { method: 'GET', path: '/alert-mutes', to: 'insightsApi' },
  { method: 'POST', path: '/alert-mutes', to: 'insightsApi' },
  { method: 'DELETE', path: '/alert-mutes/{id}', to: 'insightsApi' },
  { method: 'GET', path: '/undelivered-alerts', to: 'insightsApi' },
  { method: 'POST', path: '/undelivered-alerts/{id}/replay', to: 'insightsApi' },
];

export const frontThrottle: FrontThrottle = { rateLimit: 500, burstLimit: 1000 };
