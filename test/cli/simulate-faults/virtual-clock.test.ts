import { describe, expect, it } from 'vitest';
import { Process, VirtualClock } from '../../../cli/simulate-faults/virtual-clock.ts';

describe('VirtualClock', () => {
  it('wakes processes in order of time, and those of one instant in order of their sleep', async () => {
    const clock = new VirtualClock(1_000);
    const woken: string[] = [];
    const delays = [30, 10, 20, 10, 0, 50, 20];
    for (const [index, delay] of delays.entries()) {
      void clock.sleep(new Process('one'), delay).then(() => woken.push(`${clock.now}:${index}`));
    }
    await clock.run();
    expect(woken).toEqual(['0:4', '10:1', '10:3', '20:2', '20:6', '30:0', '50:5']);
  });

  it('lets one process go on until it waits again before it wakes another', async () => {
    const clock = new VirtualClock(1_000);
    const steps: string[] = [];
    const live = async (name: string): Promise<void> => {
      const process = new Process(name);
      await clock.sleep(process, 1);
      for (let step = 0; step < 3; step += 1) {
        await Promise.resolve();
        steps.push(name);
      }
      await clock.sleep(process, 1);
      steps.push(name);
    };
    void live('a');
    void live('b');
    await clock.run();
    expect(steps.join('')).toBe('aaabbbab');
  });

  it('never wakes a process that was killed', async () => {
    const clock = new VirtualClock(1_000);
    const process = new Process('victim');
    let wasWoken = false;
    void clock.sleep(process, 10).then(() => {
      wasWoken = true;
    });
    void clock.sleep(new Process('killer'), 5).then(() => {
      process.alive = false;
    });
    await clock.run();
    expect(wasWoken).toBe(false);
    expect(clock.now).toBe(5);
  });

  it('gives up on processes that never come to an end', async () => {
    const clock = new VirtualClock(100);
    const process = new Process('eternal');
    const live = async (): Promise<void> => {
      for (;;) await clock.sleep(process, 1);
    };
    void live();
    await expect(clock.run()).rejects.toThrow('still running after 100 steps');
  });
});
