import { pathToFileURL } from 'node:url';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { InvokeMessage, ThrownError, WorkerMessage, WorkerStart } from './worker-messages.ts';

/**
 * The inside of a function's worker thread: loads the bundle, then handles one event at a time by
 * the rules of Lambda's Node.js runtime.
 */

type Handler = (event: unknown, context: object) => unknown;

const start: WorkerStart = workerData;
const host = hostPort();

process.on('uncaughtException', (error) => die(thrown(error), error));
process.on('unhandledRejection', (reason) =>
  die({ ...thrown(reason), errorType: 'Runtime.UnhandledPromiseRejection' }, reason),
);

try {
  const handler = await loadHandler();
  host.on('message', (message: InvokeMessage) => void handle(handler, message));
  tell({ type: 'ready' });
} catch (error) {
  tell({ type: 'start-failed', error: thrown(error) });
}

function hostPort(): MessagePort {
  if (parentPort === null) throw new Error('Cannot start runtime: it must run in a worker thread');
  return parentPort;
}

function tell(message: WorkerMessage): void {
  host.postMessage(message);
}

async function loadHandler(): Promise<Handler> {
  const bundle: Readonly<Record<string, unknown>> = await import(
    pathToFileURL(start.bundleFile).href
  );
  const handler = bundle[start.handlerName];
  if (!isHandler(handler)) {
    throw named('Runtime.HandlerNotFound', `${start.handlerName} is undefined or not exported`);
  }
  // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html: gone since Node.js 24
  if (handler.length > 2) {
    throw named(
      'Runtime.CallbackHandlerDeprecated',
      'callback handlers are not supported: return a promise instead',
    );
  }
  return handler;
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

async function handle(handler: Handler, message: InvokeMessage): Promise<void> {
  process.env['_X_AMZN_TRACE_ID'] = `Root=1-${message.requestId};Sampled=0`;
  tell(await answer(handler, message));
}

async function answer(handler: Handler, message: InvokeMessage): Promise<WorkerMessage> {
  const { requestId } = message;
  try {
    const returned = await handler(JSON.parse(message.event), lambdaContext(message));
    return { type: 'done', requestId, payload: JSON.stringify(returned) ?? 'null' };
  } catch (error) {
    const described = thrown(error);
    logError(described, error, requestId);
    return { type: 'failed', requestId, error: described };
  }
}

function lambdaContext(message: InvokeMessage): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: start.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: start.functionArn,
    memoryLimitInMB: String(start.memoryMb),
    awsRequestId: message.requestId,
    logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    getRemainingTimeInMillis: () => Math.max(0, message.deadlineMs - Date.now()),
  };
}

/** Lambda ends the execution environment after an error nobody caught; so does this worker. */
function die(error: ThrownError, cause: unknown): void {
  logError(error, cause, undefined);
  tell({ type: 'crashed', error });
  process.exit(129);
}

/** A line as Lambda itself writes it in the JSON log format. */
function logError(error: ThrownError, cause: unknown, requestId: string | undefined): void {
  const stackTrace = cause instanceof Error ? cause.stack?.split('\n').slice(1) : undefined;
  const timestamp = new Date().toISOString();
  const message = { ...error, stackTrace };
  console.error(JSON.stringify({ timestamp, level: 'ERROR', requestId, message }));
}

function thrown(error: unknown): ThrownError {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message }
    : { errorType: typeof error, errorMessage: String(error) };
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
