import { startCapture } from '../../../../infra/local/capture/capture.ts';
import { dmsResources } from './capture-rig.ts';
import { receiverClient } from './stream-receiver.ts';

/** Run as a process of its own, to be killed: a capture that says when it has begun. */
const { port, ...options } = JSON.parse(process.argv[2] ?? '{}');
const capture = await startCapture({
  ...dmsResources,
  ...options,
  kinesis: receiverClient(port),
  streamName: 'changes',
  flushed: async () => {},
  log: () => {},
});
process.stdout.write('started\n');
process.once('SIGTERM', async () => {
  await capture.stop();
  process.exit(0);
});
