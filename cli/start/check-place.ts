import { readLocalEndpoint } from '../local-endpoint.ts';

/** Ports that the Fetch standard refuses: https://fetch.spec.whatwg.org/#port-blocking */
const blockedPorts: ReadonlySet<number> = new Set([
  ...[1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566],
  ...[6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
]);

/** @throws Error when no browser would open the shop at this port, nor any shopper. */
export function refuseBlockedPort(port: number): void {
  if (!blockedPorts.has(port)) return;
  throw new RangeError(
    `Cannot start: browsers refuse to open port ${port}; use another with --port-base: received --port-base ${port}`,
  );
}

/**
 * A second start on the same data would spoil it, or with --fresh throw it away below the first.
 *
 * @throws Error when a local cloud runs there.
 */
export async function refuseRunning(directory: string): Promise<void> {
  const running = await readLocalEndpoint(directory).catch(() => undefined);
  if (running === undefined) return;
  const { apiUrl, pid } = running;
  const answers = await fetch(apiUrl, { signal: AbortSignal.timeout(2_000) }).then(
    () => true,
    (error: unknown) => error instanceof Error && error.name === 'TimeoutError',
  );
  if (!answers) return;
  throw new Error(
    `Cannot start: one runs on this data at ${apiUrl}, process ${pid}; stop it, or take another folder with --data: received ${directory}`,
  );
}
