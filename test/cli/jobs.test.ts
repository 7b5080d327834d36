import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeLiveSection } from '../../shared/jobs/live-section.ts';
import { newJobRow, packJobRow } from '../../shared/stream/state/control.ts';
import { jobKey } from '../../shared/stream/state/layout.ts';
import { readJobRow } from '../../shared/stream/state/operate.ts';
import { type PlayedCloud, playCloud } from '../fixtures/played-cloud.ts';

let cloud: PlayedCloud;
beforeAll(async () => {
  cloud = await playCloud();
});
afterAll(() => cloud.close());

const file = path.join(import.meta.dirname, '../../cli/jobs.ts');

function jobs(...args: readonly string[]) {
  const { AWS_ENDPOINT_URL } = cloud.environment;
  const env = { ...process.env, AWS_ENDPOINT_URL };
  return new Promise<{ code: number; out: string; error: string }>((resolve) => {
    const child = execFile(process.execPath, [file, ...args], { env }, (_, out, error) =>
      resolve({ code: child.exitCode ?? -1, out, error }),
    );
  });
}

const revenue = { name: 'revenue', generation: 2 };

describe('npm run jobs', () => {
  it('lists every job, also where nothing has come yet', async () => {
    const { code, out } = await jobs('list');
    expect(code).toBe(0);
    const [heads, ...rows] = out.split('\n');
    expect(heads).toMatch(/^job +gen +role +status +watermark/);
    expect(rows[0]).toMatch(/^revenue +2 +live +running +– +0 +0 +0/);
    expect(out).toContain('fraud');
    const one = JSON.parse((await jobs('list', 'revenue', '--json')).out);
    expect(one).toMatchObject([{ job: 'revenue', generation: 2, role: 'live', watermarkMs: null }]);
  });

  it('tells how far the time of a job is behind, though no window has ended since', async () => {
    const floorMs = Date.now() - 50_000;
    const pulse = { name: 'sales-pulse', generation: 1 };
    const put = packJobRow({ ...newJobRow, version: 1, floorMs });
    await cloud.store.transact([{ key: jobKey(pulse), put }]);
    const lag = async () => JSON.parse((await jobs('list', pulse.name, '--json')).out)[0];
    expect((await lag()).lagMs).toBeGreaterThanOrEqual(50_000);
    const now = Date.now();
    const health = { job: pulse.name, generation: 1, updatedAtMs: now, latencyMs: null };
    const shown = { ...health, watermarkMs: now - 3_000 };
    await writeLiveSection(cloud.store, 'health#sales-pulse', shown, now);
    const told = await lag();
    expect(told.watermarkMs).toBe(floorMs);
    expect(told.lagMs).toBeLessThan(45_000);
  });

  it('stops a job with a reason, tells how to go on, and starts it', async () => {
    const stopped = await jobs('stop', 'revenue', '--reason', 'a release');
    expect(stopped.out).toMatch(/^revenue \(generation 2\) on .* is stopped: batches pass it by/);
    expect(await readJobRow(cloud.store, revenue)).toMatchObject({
      status: 'stopped',
      reason: 'a release',
      skipped: true,
    });
    expect((await jobs('stop', 'revenue')).out).toContain('is stopped already');
    const list = await jobs('list');
    expect(list.code).toBe(1);
    expect(list.out).toMatch(/revenue \(generation 2\) is stopped since 2\S+Z: a release/);
    expect(list.out).toContain('npm run jobs -- start revenue');
    const resumed = await jobs('resume', 'revenue');
    expect(resumed.code).toBe(1);
    expect(resumed.error).toContain(
      'Cannot resume revenue: it is stopped, for which there is "start"',
    );
    expect((await jobs('start', 'revenue', '--json')).out).toBe(
      '{"name":"revenue","generation":2,"status":"running"}\n',
    );
    expect((await jobs('list')).code).toBe(0);
  });

  it('parks and resumes', async () => {
    await jobs('park', 'revenue');
    expect(await readJobRow(cloud.store, revenue)).toMatchObject({ status: 'parked' });
    expect((await jobs('start', 'revenue')).error).toContain('there is "resume"');
    expect((await jobs('resume', 'revenue')).code).toBe(0);
    expect(await readJobRow(cloud.store, revenue)).toMatchObject({ status: 'running' });
  });

  it('says what there is where it was asked for something else', async () => {
    expect((await jobs('stop', 'revenu')).error).toMatch(
      /^Cannot find job: there are revenue, .*fraud: received "revenu"\n$/,
    );
    expect((await jobs('stop')).error).toContain('received no name');
    expect((await jobs('stop', 'revenue', '--generation', '7')).error).toContain(
      'Cannot stop revenue: of it generation 2 runs: received 7',
    );
    expect((await jobs('list', '--generation', 'x')).error).toContain('--generation must be');
    const nothing = await jobs();
    expect(nothing.code).toBe(2);
    expect(nothing.error).toContain('npm run jobs -- <command>');
  });
});
