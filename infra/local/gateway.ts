import { randomUUID } from 'node:crypto';
import { type Credential, readCredential } from './aws-protocol/credential.ts';
import { errorReply } from './aws-protocol/error-reply.ts';
import { describeFailure } from './aws-protocol/failure-text.ts';
import { type ListeningServer, listenHttp } from './aws-protocol/http-server.ts';
import { readBody, requestHead, type WholeRequest } from './aws-protocol/read-request.ts';
import { writeReply } from './aws-protocol/write-reply.ts';
import type { Roles } from './iam.ts';
import { type AwsCall, AwsError, type AwsReply, type PlayedService } from './service.ts';

export interface GatewayOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: '127.0.0.1';
  readonly services: readonly PlayedService[];
  readonly roles: Roles;
  /** Takes one line for each call that failed for a reason of our own. */
  readonly log: (line: string) => void;
}

export interface Gateway {
  readonly url: string;
  /** Stops listening, lets running calls end within two seconds, then cuts the connections. */
  close(): Promise<void>;
}

const closeWaitMs = 2_000;

/**
 * The one endpoint of all played AWS services. A call's signature names the service and, by its
 * access key, the caller; what the service says the call needs is asked of the caller's role.
 * Signatures are not verified: whoever reaches 127.0.0.1 may use any key it knows.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const services = bySigningName(options.services);
  const running = new Set<Promise<void>>();
  let server: ListeningServer;
  try {
    server = await listenHttp(options.port, options.host, (request, response) => {
      const call = answer();
      running.add(call);
      call.finally(() => running.delete(call));

      async function answer(): Promise<void> {
        const requestId = randomUUID();
        const head = requestHead(request);
        const credential = readCredential(head.headers['authorization'], head.path);
        let reply: AwsReply;
        try {
          const body = await readBody(request);
          reply = await perform(services, options.roles, credential, { ...head, body });
        } catch (error) {
          // Nobody is left to read an answer.
          if (request.destroyed && !request.complete) return;
          const traits = { service: credential?.service, headers: head.headers };
          reply = errorReply(asAwsError(error, head, credential, options.log), traits, requestId);
        }
        try {
          writeReply(response, reply, head.method, requestId);
        } catch (error) {
          options.log(`Cannot write answer to ${head.path}: ${describeFailure(error)}`);
          response.destroy();
        }
      }
    });
  } catch (cause) {
    throw new Error(
      `Cannot start AWS endpoint: port cannot be opened: received ${options.host}:${options.port}`,
      { cause },
    );
  }
  return {
    url: `http://${options.host}:${server.port}`,
    async close() {
      const ended = Promise.allSettled([...running]);
      await Promise.race([ended, after(closeWaitMs)]);
      await server.close();
    },
  };
}

function bySigningName(services: readonly PlayedService[]): ReadonlyMap<string, PlayedService> {
  const byName = new Map<string, PlayedService>();
  for (const service of services) {
    if (byName.has(service.signingName)) {
      throw new Error(
        `Cannot start AWS endpoint: two services have one name: received ${service.signingName}`,
      );
    }
    byName.set(service.signingName, service);
  }
  return byName;
}

async function perform(
  services: ReadonlyMap<string, PlayedService>,
  roles: Roles,
  credential: Credential | undefined,
  request: WholeRequest,
): Promise<AwsReply> {
  if (credential === undefined) {
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }
  const service = services.get(credential.service);
  if (service === undefined) {
    throw new AwsError(
      'UnsupportedOperationException',
      `Cannot play call: this service is not part of the local cloud, which plays ${[...services.keys()].sort().join(', ')}: received ${credential.service}`,
    );
  }
  const principal = roles.principalOf(credential.accessKeyId);
  if (principal === undefined) throw unknownKey(credential);
  const operation = request.headers['x-amz-target']?.split('.').at(-1);
  const call: AwsCall = { ...request, service: credential.service, operation, principal };
  authorise(service, roles, call);
  return service.handle(call);
}

function unknownKey({ service, accessKeyId }: Credential): AwsError {
  return service === 's3'
    ? new AwsError(
        'InvalidAccessKeyId',
        `The AWS Access Key Id you provided does not exist in our records: received ${accessKeyId}`,
        403,
      )
    : new AwsError(
        'UnrecognizedClientException',
        `The security token included in the request is invalid: received access key ${accessKeyId}`,
      );
}

/** In AWS's words, which name the action that a grant is missing for. */
function authorise(service: PlayedService, roles: Roles, call: AwsCall): void {
  if (call.principal.roleName === undefined) return;
  for (const permission of service.permissions(call)) {
    const decision = roles.decide(call.principal, permission);
    if (decision === 'allowed') continue;
    const reason =
      decision === 'denied'
        ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${permission.action} action`;
    const message = `User: ${roles.arnOf(call.principal)} is not authorized to perform: ${permission.action} on resource: ${permission.resource} ${reason}`;
    throw call.service === 's3'
      ? new AwsError('AccessDenied', message, 403)
      : new AwsError('AccessDeniedException', message);
  }
}

function asAwsError(
  error: unknown,
  { method, path, headers }: Omit<WholeRequest, 'body'>,
  credential: Credential | undefined,
  log: (line: string) => void,
): AwsError {
  if (error instanceof AwsError) return error;
  const call = headers['x-amz-target'] ?? `${method} ${path}`;
  log(`Cannot answer ${credential?.service} ${call}: ${describeFailure(error)}`);
  return new AwsError('InternalFailure', `Cannot answer ${call}: see the log`, 500);
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
