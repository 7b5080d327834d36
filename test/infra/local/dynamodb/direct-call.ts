import type { PlayedService } from '../../../../infra/local/service.ts';
import { awsCall } from '../../../fixtures/aws-call.ts';

/** Performs an operation without HTTP. */
export async function send(
  service: PlayedService,
  operation: string,
  request: object,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const reply = await service.handle(awsCall('dynamodb', operation, request));
  return { status: reply.status, body: JSON.parse(reply.body.toString()) };
}
