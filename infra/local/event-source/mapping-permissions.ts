import type { Permission } from '../service.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';

const streamActions = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListShards'];

/**
 * What Lambda does in the name of the function's role. The poller reads in process and asks nobody,
 * so whoever starts it checks these first: a forgotten grant then shows here as on AWS.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
 */
export function mappingPermissions(mapping: EventSourceMapping): readonly Permission[] {
  const { streamArn, eventSourceArn, onFailureArn } = mapping;
  const permissions = streamActions.map((action) => ({
    action: `kinesis:${action}`,
    resource: streamArn,
  }));
  if (eventSourceArn !== streamArn) {
    permissions.push({ action: 'kinesis:SubscribeToShard', resource: eventSourceArn });
  }
  if (onFailureArn !== undefined) {
    permissions.push({ action: 'sqs:SendMessage', resource: onFailureArn });
  }
  return permissions;
}
