import type { KinesisService } from '../../../../infra/local/kinesis/kinesis.ts';
import type { AwsCall } from '../../../../infra/local/service.ts';

/** A call as the gateway hands it over. */
export function callOf(operation: string, input: object): AwsCall {
  return {
    service: 'kinesis',
    operation,
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: Buffer.from(JSON.stringify(input)),
    principal: { accessKeyId: 'local', roleName: undefined },
  };
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
