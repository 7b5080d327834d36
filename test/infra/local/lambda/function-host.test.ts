import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  createFunctionHost,
  type FunctionHost,
} from '../../../../infra/local/lambda/function-host.ts';
import type { EmbeddedMetrics } from '../../../../infra/local/lambda/function-output.ts';
import { type FunctionSpec, functionSpec } from '../../../../infra/local/lambda/function-spec.ts';
import type { Resource } from '../../../../infra/local/service.ts';

const source = `
  import { setTimeout as sleep } from 'node:timers/promises';
  import { BroadcastChannel, threadId } from 'node:worker_threads';
  let count = 0;
  const met = new Set();
  const meet = (others) => new Promise((resolve) => {
    const channel = new BroadcastChannel('meet');
    channel.onmessage = ({ data }) => met.add(data);
    const beat = setInterval(() => {
      channel.postMessage(threadId);
      if (met.add(threadId).size >= others) resolve([...met]);
    }, 20);
    setTimeout(() => { clearInterval(beat); channel.close(); }, 60_000).unref();
  });
  const acts = {
    echo: (event) => event.value,
    nothing: () => undefined,
    environment: () => ({ ...process.env }),
    context: (_event, context) => ({ ...context, remainingMs: context.getRemainingTimeInMillis() }),
    count: () => ({ count: ++count, threadId }),
    pause: async (event) => { await sleep(event.ms); return threadId; },
    meet: (event) => meet(event.others),
    spin: () => { for (;;); },
    exit: () => process.exit(3),
    reject: async () => { throw new RangeError('no such thing'); },
    uncaught: () => { setTimeout(() => { throw new TypeError('thrown in a timer'); }); return new Promise(() => {}); },
    unhandled: () => { Promise.reject(new Error('nobody waits')); return new Promise(() => {}); },
    hoard: () => { const all = []; for (;;) all.push(new Array(100_000).fill({ some: 'thing' }).map((x) => ({ ...x }))); },
    circle: () => { const it = {}; it.it = it; return it; },
    large: () => 'x'.repeat(7 * 1024 * 1024),
    print: (event) => { console.log('one\\ntwo'); console.error('three'); console.log(JSON.stringify(event.metrics)); },
  };
  export async function handler(event, context) { return acts[event.act](event, context); }
  export function callback(event, context, done) { done(null, 'old'); }
  export const notFunction = 1;
`;

let folder: string;
let host: FunctionHost | undefined;
let lines: string[] = [];
let metrics: EmbeddedMetrics[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'function-host-'));
  const common = { bundle: true, platform: 'node', format: 'esm' } as const;
  const stdin = { loader: 'js', resolveDir: folder } as const;
  await build({
    ...common,
    sourcemap: 'linked',
    stdin: { ...stdin, contents: source, sourcefile: 'probe-source.js' },
    outfile: join(folder, 'index.mjs'),
  });
  const contents = `throw new SyntaxError('broken at the top'); export const handler = 1;`;
  await build({ ...common, stdin: { ...stdin, contents }, outfile: join(folder, 'broken.mjs') });
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  await host?.close();
  host = undefined;
  lines = [];
  metrics = [];
});

function resource(properties: object = {}): Resource {
  return {
    stack: 'App',
    logicalId: 'Probe',
    type: 'AWS::Lambda::Function',
    ref: 'dev-probe',
    attributes: { Arn: 'arn:aws:lambda:us-east-1:000000000000:function:dev-probe' },
    properties: { Handler: 'index.handler', Runtime: 'nodejs24.x', Timeout: 20, ...properties },
  };
}

function spec(properties: object = {}, changes: Partial<FunctionSpec> = {}): FunctionSpec {
  const surroundings = {
    bundleFolder: folder,
    endpointUrl: 'http://127.0.0.1:1',
    accessKeyId: 'key-of-probe',
    secretAccessKey: 'secret-of-probe',
  };
  return { ...functionSpec(resource(properties), surroundings), ...changes };
}

function start(properties: object = {}, changes: Partial<FunctionSpec> = {}): FunctionHost {
  host = createFunctionHost({
    functions: [spec(properties, changes)],
    log: (_name, line) => lines.push(line),
    onMetrics: (found) => metrics.push(found),
  });
  return host;
}

function act(running: FunctionHost, name: string, more: object = {}) {
  return running.invoke('dev-probe', { act: name, ...more });
}

describe('createFunctionHost()', () => {
  test('gives what the handler returned, nothing as null, and keeps the worker between events', async () => {
    const running = start();
    const value = { a: [1, 'ä', null], b: { c: true } };
    expect(await act(running, 'echo', { value })).toMatchObject({ ok: true, payload: value });
    expect(await act(running, 'nothing')).toMatchObject({ ok: true, payload: null });
    const first = await act(running, 'count');
    const second = await act(running, 'count');
    expect([first, second]).toMatchObject([{ payload: { count: 1 } }, { payload: { count: 2 } }]);
  });

  test('shows the function its own environment and nothing of the host’s', async () => {
    process.env['HOST_SECRET_FOR_TEST'] = 'must not leak';
    process.env['AWS_PROFILE'] = 'must-not-leak';
    const running = start({
      Environment: { Variables: { STAGE: 'dev', POWERTOOLS_SERVICE_NAME: 'probe' } },
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'WARN', LogGroup: 'probe-logs' },
    });
    const result = await act(running, 'environment');
    delete process.env['HOST_SECRET_FOR_TEST'];
    delete process.env['AWS_PROFILE'];
    expect(result).toMatchObject({
      payload: {
        STAGE: 'dev',
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
        AWS_ACCESS_KEY_ID: 'key-of-probe',
        AWS_SECRET_ACCESS_KEY: 'secret-of-probe',
        AWS_LAMBDA_FUNCTION_NAME: 'dev-probe',
        AWS_LAMBDA_LOG_LEVEL: 'WARN',
        AWS_LAMBDA_LOG_GROUP_NAME: 'probe-logs',
        POWERTOOLS_SERVICE_NAME: 'probe',
      },
    });
    const seen = JSON.stringify(result);
    expect(seen).not.toContain('must not leak');
    expect(seen).not.toContain('AWS_PROFILE');
  });

  test('gives the handler Lambda’s context with the time that is left', async () => {
    const result = await act(start({ Timeout: 5, MemorySize: 256 }), 'context');
    expect(result).toMatchObject({
      payload: {
        functionName: 'dev-probe',
        invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:dev-probe',
        memoryLimitInMB: '256',
        awsRequestId: result.requestId,
      },
    });
    const { remainingMs } = (result.ok ? result.payload : {}) as { remainingMs: number };
    expect(remainingMs).toBeGreaterThan(3000);
    expect(remainingMs).toBeLessThanOrEqual(5000);
  });

  test('runs concurrent events in workers of their own, at most ten at once', async () => {
    const running = start();
    // None of them ends before ten are there.
    const results = await Promise.all(
      Array.from({ length: 14 }, () => act(running, 'meet', { others: 10 })),
    );
    const met = results.flatMap((result) => (result.ok ? (result.payload as number[]) : []));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(new Set(met).size).toBe(10);
  }, 60_000);

  test('has short events wait for the worker there is rather than for others to start', async () => {
    const running = start();
    const results = await Promise.all(Array.from({ length: 40 }, () => act(running, 'pause')));
    const threads = new Set(results.map((result) => (result.ok ? result.payload : undefined)));
    expect(threads).toEqual(new Set([expect.any(Number)]));
  });

  test('throttles beyond the reserved concurrency, without running the function', async () => {
    const running = start({ ReservedConcurrentExecutions: 1 });
    const [first, second] = await Promise.all([
      act(running, 'pause', { ms: 200 }),
      act(running, 'echo', { value: 1 }),
    ]);
    expect(first.ok).toBe(true);
    expect(second).toMatchObject({
      ok: false,
      throttled: true,
      errorType: 'TooManyRequestsException',
    });
    expect(await act(running, 'echo', { value: 1 })).toMatchObject({ ok: true });
  });

  test('ends a function that takes too long, even in a busy loop, and serves the next event', async () => {
    const running = start({}, { timeoutMs: 300 });
    expect(await act(running, 'spin')).toMatchObject({
      ok: false,
      timedOut: true,
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(
        /^RequestId: \S+ Error: Task timed out after 0\.30 seconds$/,
      ),
    });
    expect(await act(running, 'echo', { value: 2 })).toMatchObject({ ok: true, payload: 2 });
  });

  test.each([
    ['exit', 'Runtime.ExitError', 'Runtime exited with error: exit status 3'],
    ['reject', 'RangeError', 'no such thing'],
    ['uncaught', 'TypeError', 'thrown in a timer'],
    ['unhandled', 'Runtime.UnhandledPromiseRejection', 'nobody waits'],
    ['circle', 'TypeError', 'circular'],
  ])('fails only the invocation that goes wrong: %s', async (name, errorType, message) => {
    const running = start();
    const neighbour = act(running, 'pause', { ms: 300 });
    expect(await act(running, name)).toMatchObject({
      ok: false,
      timedOut: false,
      throttled: false,
      errorType,
      errorMessage: expect.stringContaining(message),
    });
    expect((await neighbour).ok).toBe(true);
    expect(await act(running, 'echo', { value: 3 })).toMatchObject({ ok: true, payload: 3 });
  });

  test('ends a function that takes more memory than it has', async () => {
    const running = start({}, { memoryMb: 32 });
    expect(await act(running, 'hoard')).toMatchObject({
      ok: false,
      errorType: 'Runtime.OutOfMemory',
    });
    expect(await act(running, 'echo', { value: 4 })).toMatchObject({ ok: true });
  });

  test('refuses payloads above 6 MB in both directions', async () => {
    const running = start();
    const value = 'x'.repeat(7 * 1024 * 1024);
    expect(await act(running, 'echo', { value })).toMatchObject({
      errorType: 'RequestTooLargeException',
    });
    expect(await act(running, 'large')).toMatchObject({
      errorType: 'Function.ResponseSizeTooLarge',
    });
  });

  test('hands on what the function prints, line by line, and the metrics among the lines', async () => {
    const embedded = {
      _aws: {
        Timestamp: 1,
        CloudWatchMetrics: [
          { Namespace: 'shop', Dimensions: [['job']], Metrics: [{ Name: 'counted' }] },
        ],
      },
      job: 'revenue',
      counted: 7,
    };
    const running = start();
    await act(running, 'print', { metrics: embedded });
    await vi.waitFor(() => expect(lines).toHaveLength(4));
    expect(lines).toEqual(expect.arrayContaining(['one', 'two', 'three']));
    expect(metrics).toEqual([embedded]);
  });

  test('logs an error with the place in the source, when the function asks for source maps', async () => {
    const running = start({ Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps' } } });
    const { requestId } = await act(running, 'reject');
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'ERROR',
      requestId,
      message: {
        errorType: 'RangeError',
        errorMessage: 'no such thing',
        stackTrace: expect.arrayContaining([expect.stringContaining('probe-source.js')]),
      },
    });
  });

  test('keeps the last words of a function that exits', async () => {
    const running = start();
    await act(running, 'uncaught');
    await vi.waitFor(() => expect(lines.join()).toContain('thrown in a timer'));
  });

  test('tells what keeps a bundle from starting, for each event anew', async () => {
    const broken = start({ Handler: 'broken.handler' });
    for (const _ of [1, 2]) {
      expect(await act(broken, 'echo')).toMatchObject({
        ok: false,
        errorType: 'SyntaxError',
        errorMessage: 'broken at the top',
      });
    }
    await expect(broken.warm('dev-probe')).rejects.toThrow('broken at the top');
  });

  test.each([
    ['index.absent', 'Runtime.HandlerNotFound'],
    ['index.notFunction', 'Runtime.HandlerNotFound'],
    ['index.callback', 'Runtime.CallbackHandlerDeprecated'],
  ])('refuses the handler %s', async (Handler, errorType) => {
    expect(await act(start({ Handler }), 'echo')).toMatchObject({ ok: false, errorType });
  });

  test('warm() starts the worker that then takes the first event', async () => {
    const running = start();
    await running.warm('dev-probe');
    const started = performance.now();
    await act(running, 'echo', { value: 1 });
    expect(performance.now() - started).toBeLessThan(200);
  });

  test('close() ends running invocations and refuses new ones', async () => {
    const running = start();
    await running.warm('dev-probe');
    const pending = act(running, 'pause', { ms: 60_000 });
    const waiting = Array.from({ length: 11 }, () => act(running, 'pause', { ms: 60_000 }));
    await running.close();
    expect((await pending).ok).toBe(false);
    for (const result of await Promise.all(waiting)) expect(result.ok).toBe(false);
    expect(await act(running, 'echo')).toMatchObject({ errorType: 'Runtime.HostClosed' });
  });

  test('names a function that does not exist', async () => {
    await expect(start().invoke('dev-nothing', {})).rejects.toThrow(
      'Cannot invoke function: there is none of this name: received dev-nothing',
    );
  });
});

test('functionSpec() names the function whose properties are wrong', () => {
  expect(() => spec({ Runtime: 'python3.13' })).toThrow(
    /Cannot play function: its properties are wrong: received Probe: .*Runtime/s,
  );
});
