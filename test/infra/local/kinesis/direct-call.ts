import type { KinesisService } from '../../../../infra/local/kinesis/kinesis.ts';
import type { AwsCall } from '../../../../infra/local/service.ts';
import { awsCall } from '../../../fixtures/aws-call.ts';

/** A call as the gateway hands it over. */
export function callOf(operation: string, input: object): AwsCall {
  return awsCall('kinesis', operation, input);
}

/** Performs an operation without HTTP; errors of the API are thrown. */
export async function send(
  kinesis: KinesisService,
  operation: string,
  input: object,
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of every shape
): Promise<any> {
  const { body } = await kinesis.handle(callOf(operation, input));
  return body.length === 0 ? undefined : JSON.parse(body.toString());
}
