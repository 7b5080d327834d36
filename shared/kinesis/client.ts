import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/**
 * The client of Kinesis that everything here uses. HTTP/1.1, which every endpoint speaks: the
 * SDK's own choice, HTTP/2, is only needed to subscribe to a shard.
 */
export function kinesisClient(): KinesisClient {
  return new KinesisClient({ requestHandler: new NodeHttpHandler() });
}
