/** Bounds of a route by the token bucket algorithm. */
export interface Throttle {
  /** Tokens that come back each second. */
  readonly perSecond: number;
  /** Tokens the bucket holds. */
  readonly burst: number;
}

/** Gives true as long as there is a token, and takes it. */
export type TakeToken = (nowMs: number) => boolean;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html */
export function tokenBucket({ perSecond, burst }: Throttle): TakeToken {
  let tokens = burst;
  let filledMs = Number.NEGATIVE_INFINITY;
  return (nowMs) => {
    const elapsedMs = Math.max(0, nowMs - filledMs);
    tokens = Math.min(burst, tokens + (elapsedMs * perSecond) / 1000);
    filledMs = Math.max(filledMs, nowMs);
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
