import { expect, it } from 'vitest';
import { createEngineThread } from '../../../../infra/local/athena/engine-thread.ts';

it('may be closed while its engine still starts', async () => {
  const engine = createEngineThread();
  const warming = engine.warm([]);
  // A thread that ends amid native work would take this process, and with it this test, along.
  await engine.close();
  await expect(warming).resolves.toBeUndefined();
});
