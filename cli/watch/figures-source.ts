import { type LiveSource, liveSource } from '../../web/live-source.ts';
import { TokenRefusal } from '../../web/token-refusal.ts';

interface Tokens {
  /** What the caller was given. */
  readonly given: string | undefined;
  /** Signs one, for who may; undefined where nobody says whose shop it is. */
  readonly sign: (() => Promise<string>) | undefined;
  /** The command that makes one, for people to copy. */
  readonly command: string;
}

/**
 * The live document of a shop, also where its figures are not for everyone: with the token that was
 * given, else with one that is signed once the shop asks for it, and anew when that has expired.
 */
export function figuresSource(url: string, { given, sign, command }: Tokens): LiveSource {
  let token = given;
  const source = liveSource(url, () => token);

  async function ask() {
    try {
      return await source.ask();
    } catch (error) {
      if (!(error instanceof TokenRefusal)) throw error;
      if (given !== undefined || sign === undefined) throw new TokenRefusal(advice(error));
      token = await signed(sign, error);
      return await source.ask();
    }
  }

  async function signed(make: () => Promise<string>, refusal: Error): Promise<string> {
    try {
      return await make();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new TokenRefusal(`${advice(refusal)}; none could be signed here: ${why}`, { cause });
    }
  }

  const advice = ({ message }: Error) =>
    `Cannot watch: the shop shows its figures to people with a token: ${message} Make one with ${command}, and put it into SHOP_TOKEN or behind --token`;

  return { ask, clockAheadMs: source.clockAheadMs };
}
