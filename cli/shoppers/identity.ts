import type { Random } from '../../shared/random/random.ts';
import { type MadePerson, makePerson } from '../../shared/shop/seed/make-person.ts';
import { makeHomeIp } from './addresses.ts';
import { makeCardNumber } from './test-cards.ts';

/** What an order shows of the person behind it. */
export interface Guise {
  readonly deviceId: string;
  readonly channel: 'web' | 'mobile';
  readonly address: string;
  readonly country: string;
  readonly cardNumber: string;
  /** Address of the network. */
  readonly ip: string;
}

/** A person who signs up. */
export interface Identity extends Guise, MadePerson {
  readonly email: string;
  readonly password: string;
  readonly consent: 'personal' | 'statistics';
}

/** What a stranger's orders show. */
export function makeGuise(random: Random): Guise {
  const { address, country } = makePerson(random);
  const device = makeDevice(random);
  return {
    address,
    country,
    ...device,
    cardNumber: makeCardNumber(random),
    ip: makeHomeIp(random),
  };
}

/** @param name unlike that of every other person, also of earlier runs. */
export function makeIdentity(random: Random, name: string): Identity {
  const person = makePerson(random);
  return {
    ...person,
    ...makeDevice(random),
    cardNumber: makeCardNumber(random),
    ip: makeHomeIp(random),
    email: `${person.mailbox}.${name}@shoppers.example.com`,
    password: `password of ${name}`,
    consent: random.chance(0.85) ? 'personal' : 'statistics',
  };
}

/** A device as the shop tells it from others. */
export function makeDevice(random: Random): Pick<Guise, 'deviceId' | 'channel'> {
  return {
    deviceId: Array.from({ length: 16 }, () => random.integer(0, 15).toString(16)).join(''),
    channel: random.chance(0.6) ? 'mobile' : 'web',
  };
}
