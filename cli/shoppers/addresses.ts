import type { Random } from '../../shared/random/random.ts';
import type { Guise } from './identity.ts';

/** Ways out of the networks of telephone companies: many people come from each. */
const CARRIER_ADDRESSES = 200;
/** Those who want to hide, and those who like to, come from these. */
const PROXY_ADDRESSES = 24;
/** Of sessions on a telephone. */
const ON_THE_WAY_SHARE = 0.4;
const ELSEWHERE_SHARE = 0.06;
const HONEST_PROXY_SHARE = 0.01;

/** An address of a house; of the range for documentation (RFC 3849), so that it is nobody's. */
export function makeHomeIp(random: Random): string {
  const group = () => random.integer(0, 0xffff).toString(16);
  return `2001:db8:${group()}:${group()}::1`;
}

/** Where someone comes from in a session: mostly from home. */
export function drawIp({ channel, ip }: Pick<Guise, 'channel' | 'ip'>, random: Random): string {
  if (channel === 'mobile' && random.chance(ON_THE_WAY_SHARE)) return drawCarrierIp(random);
  if (random.chance(ELSEWHERE_SHARE)) return makeHomeIp(random);
  return random.chance(HONEST_PROXY_SHARE) ? drawProxyIp(random) : ip;
}

/** What a telephone on its way is seen as (RFC 5737). */
function drawCarrierIp(random: Random): string {
  return `203.0.113.${random.integer(1, CARRIER_ADDRESSES)}`;
}

/** What is seen of someone behind a proxy (RFC 5737). */
export function drawProxyIp(random: Random): string {
  return `192.0.2.${random.integer(1, PROXY_ADDRESSES)}`;
}
