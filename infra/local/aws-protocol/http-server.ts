import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';

type Handler = (
  request: http.IncomingMessage | http2.Http2ServerRequest,
  response: http.ServerResponse | http2.Http2ServerResponse,
) => void;

export interface ListeningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Every HTTP/2 connection starts with these characters; no HTTP/1.1 method does (RFC 9113, 3.4). */
const prefaceStart = Buffer.from('PRI * HTTP/2');
/** Longer than the SDK keeps an unused connection, so that it never sends into a closed one. */
const keepAliveTimeoutMs = 120_000;

/**
 * HTTP/1.1 and HTTP/2 in clear text on one port of this machine: the SDK's Kinesis client speaks
 * HTTP/2 with prior knowledge unless told otherwise, everything else speaks HTTP/1.1.
 */
export async function listenHttp(
  port: number,
  host: string,
  handler: Handler,
): Promise<ListeningServer> {
  const http1 = http.createServer({ keepAliveTimeout: keepAliveTimeoutMs }, handler);
  const http2Server = http2.createServer(handler);
  // A client that goes away mid-frame ends its own session, nothing else.
  http2Server.on('sessionError', () => undefined);
  const sockets = new Set<net.Socket>();
  const front = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    handOver(socket, http1, http2Server);
  });
  await new Promise<void>((resolve, reject) => {
    front.once('error', reject);
    front.listen(port, host, resolve);
  });
  const address = front.address();
  if (address === null || typeof address === 'string') {
    throw new Error(`Cannot listen on ${host}: no port was given: received ${address}`);
  }
  return {
    port: address.port,
    async close() {
      const closed = new Promise((resolve) => front.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Looks at the first bytes, puts them back and gives the connection to the server for them. */
function handOver(socket: net.Socket, http1: http.Server, http2Server: http2.Http2Server): void {
  let received = Buffer.alloc(0);
  function look(chunk: Buffer): void {
    received = Buffer.concat([received, chunk]);
    const compared = Math.min(received.length, prefaceStart.length);
    const mayBePreface = received.subarray(0, compared).equals(prefaceStart.subarray(0, compared));
    // "P" alone may become either PRI or POST.
    if (mayBePreface && compared < prefaceStart.length) return;
    socket.off('data', look);
    socket.pause();
    socket.unshift(received);
    if (mayBePreface) {
      // It reads what was put back by itself; a flowing socket would have lost it by then.
      http2Server.emit('connection', socket);
    } else {
      http1.emit('connection', socket);
      socket.resume();
    }
  }
  socket.on('data', look);
}
