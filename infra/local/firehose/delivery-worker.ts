import { answerCalls } from '../worker-calls.ts';
import type { DeliveryStream } from './delivery-stream.ts';
import { makeObjects, type StagedObject } from './segment-objects.ts';
import type { Segment } from './segments.ts';

export interface DeliveryRequest {
  readonly stream: DeliveryStream;
  readonly segment: Segment;
  readonly stagingDirectory: string;
}

answerCalls<DeliveryRequest, readonly StagedObject[]>(({ stream, segment, stagingDirectory }) =>
  makeObjects(stream, segment, stagingDirectory),
);
