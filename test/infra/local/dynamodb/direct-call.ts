import type { AwsCall, PlayedService } from '../../../../infra/local/service.ts';

/** A call as the gateway hands it over, without a client between. */
export function dynamoCall(operation: string, request: object): AwsCall {
  return {
    service: 'dynamodb',
    operation,
    method: 'POST',
    path: '/',
    headers: {},
    body: Buffer.from(JSON.stringify(request)),
    principal: { accessKeyId: 'local', roleName: undefined },
  };
}

export async function send(
  service: PlayedService,
  operation: string,
  request: object,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const reply = await service.handle(dynamoCall(operation, request));
  return { status: reply.status, body: JSON.parse(reply.body.toString()) };
}
