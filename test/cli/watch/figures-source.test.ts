import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { figuresSource } from '../../../cli/watch/figures-source.ts';
import { type PageFront, startPageFront } from '../../browser/page-front.ts';
import { putLiveSections } from '../../fixtures/live-sections.ts';
import { type ResultsFixture, startResultsTable } from '../../fixtures/results-table.ts';
import { signedFigures } from '../../fixtures/signed-figures.ts';

const command = 'npm run -s token -- --role analyst';
let table: ResultsFixture;
let front: PageFront;
let signed: Awaited<ReturnType<typeof signedFigures>>;

beforeAll(async () => {
  table = await startResultsTable();
  signed = await signedFigures();
  front = await startPageFront(table, signed.parts);
});
beforeEach(() => putLiveSections(table, Date.now()));
afterAll(async () => {
  await front?.stop();
  await table?.stop();
});

const source = (given: string | undefined, sign?: () => Promise<string>) =>
  figuresSource(`${front.url}/live`, { given, sign, command });

/** `npm run watch` to its end. */
async function watch(args: readonly string[], token?: string) {
  const { SHOP_TOKEN: _, ...others } = process.env;
  const file = path.join(import.meta.dirname, '../../../cli/watch.ts');
  const child = spawn(process.execPath, [file, '--url', front.url, ...args], {
    env: { ...others, ...(token !== undefined && { SHOP_TOKEN: token }) },
  });
  const [out, error] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: child.exitCode, out, error };
}

describe('npm run watch of figures that are not for everyone', () => {
  test('says what to do where there is no token, and does not go on asking', async () => {
    for (const args of [['--once'], []]) {
      expect(await watch(args)).toEqual({
        code: 1,
        out: '',
        error: `Cannot watch: the shop shows its figures to people with a token: A token is needed: send one of role analyst, operator or admin: authorization: Bearer <token>. Make one with ${command}, and put it into SHOP_TOKEN or behind --token\n`,
      });
    }
  });

  test('takes a token from the command line or the environment, and prints it nowhere', async () => {
    const token = await signed.tokenOf('analyst');
    for (const { code, out, error } of [
      await watch(['--once', '--json', '--token', token]),
      await watch(['--once', '--json'], token),
    ]) {
      expect([code, error]).toEqual([0, '']);
      expect(JSON.parse(out)).toMatchObject({ schemaVersion: 2 });
      expect(out).not.toContain(token);
    }
  });

  test('names what is wrong with one, and prints it nowhere', async () => {
    const expired = await signed.tokenOf('analyst', -1_000);
    const late = await watch(['--once'], expired);
    expect(late.code).toBe(1);
    expect(late.error).toContain('The token is not accepted: the token has expired.');
    const none = await watch(['--once', '--token', 'secret but no token']);
    expect(none.error).toBe(
      'Cannot watch: --token takes what npm run -s token prints: received something else\n',
    );
    expect(late.error + none.error).not.toMatch(new RegExp(`${expired}|secret`));
  });
});

describe('figuresSource()', () => {
  test('signs a token when the shop first asks for one, and anew when that has expired', async () => {
    const lives = [2_000, 60_000];
    const { ask } = source(undefined, () => signed.tokenOf('analyst', lives.shift()));
    expect(await ask()).toMatchObject({ schemaVersion: 2 });
    expect(await ask()).toBeUndefined();
    expect(lives).toHaveLength(1);
    const left = async () => {
      await ask();
      return lives.length;
    };
    await expect.poll(left, { timeout: 10_000 }).toBe(0);
    expect(await ask()).toBeUndefined();
  });

  test('signs none where one was given, or where the figures are for everyone', async () => {
    const sign = () => Promise.reject(new Error('nobody asked for this'));
    const given = source(await signed.tokenOf('operator'), sign);
    expect(await given.ask()).toMatchObject({ schemaVersion: 2 });
    const expired = source(await signed.tokenOf('operator', -1_000), sign);
    await expect(expired.ask()).rejects.toThrow(`expired. Make one with ${command}`);
    const open = await startPageFront(table);
    const anyone = figuresSource(`${open.url}/live`, { given: undefined, sign, command });
    expect(await anyone.ask()).toMatchObject({ schemaVersion: 2 });
    await open.stop();
  });

  test('says why it could not sign one', async () => {
    const { ask } = source(undefined, () => Promise.reject(new Error('Cannot read secret')));
    await expect(ask()).rejects.toThrow(
      /A token is needed.+none could be signed here: Cannot read secret$/,
    );
  });
});
