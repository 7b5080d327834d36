import type { IFunction } from 'aws-cdk-lib/aws-lambda';

/** The functions that answer HTTP. */
export interface FrontFunctions {
  readonly shopApi: IFunction;
  readonly clickIntake: IFunction;
  readonly insightsApi: IFunction;
}

/** Which function answers what; the shop API takes all the rest, and says so of what does not exist. */
export const frontRoutes = [
  { method: 'POST', path: '/events', to: 'clickIntake' },
  { method: 'GET', path: '/live', to: 'insightsApi' },
  { method: 'GET', path: '/statistics/{proxy+}', to: 'insightsApi' },
  { method: 'GET', path: '/dashboard', to: 'insightsApi' },
  { method: 'GET', path: '/dashboard/{proxy+}', to: 'insightsApi' },
] as const satisfies readonly { method: string; path: string; to: keyof FrontFunctions }[];

/** Requests a second that the front lets through, and how many at once; 429 beyond. */
export const frontThrottle = { rateLimit: 500, burstLimit: 1000 };
