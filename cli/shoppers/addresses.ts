import type { Random } from '../../shared/random/random.ts';

/** Ways out of the networks of telephone companies: many people come from each. */
const CARRIER_ADDRESSES = 200;
/** Those who want to hide, and those who like to, come from these. */
const PROXY_ADDRESSES = 24;

/** An address of a house; of the range for documentation (RFC 3849), so that it is nobody's. */
export function makeHomeIp(random: Random): string {
  const group = () => random.integer(0, 0xffff).toString(16);
  return `2001:db8:${group()}:${group()}::1`;
}

/** What a telephone on its way is seen as (RFC 5737). */
export function drawCarrierIp(random: Random): string {
  return `203.0.113.${random.integer(1, CARRIER_ADDRESSES)}`;
}

/** What is seen of someone behind a proxy (RFC 5737). */
export function drawProxyIp(random: Random): string {
  return `192.0.2.${random.integer(1, PROXY_ADDRESSES)}`;
}
