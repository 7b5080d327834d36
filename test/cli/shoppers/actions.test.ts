import { expect, test } from 'vitest';
import { type Action, actionShares, actions, drawByShare } from '../../../cli/shoppers/actions.ts';
import { createRandom } from '../../../shared/random/random.ts';

test('drawByShare() draws each action as often as its share says', () => {
  const random = createRandom(3);
  const drawn = new Map<Action, number>();
  for (let draw = 0; draw < 100_000; draw++) {
    const action = drawByShare(random, actions, (each) => actionShares[each]);
    drawn.set(action, (drawn.get(action) ?? 0) + 1);
  }
  for (const action of actions) {
    const share = (drawn.get(action) ?? 0) / 100_000;
    expect(Math.abs(share - actionShares[action]), action).toBeLessThan(0.005);
  }
});

test('actions are all that have a share, and the shares are whole', () => {
  expect([...actions].sort()).toEqual(Object.keys(actionShares).sort());
  const whole = Object.values(actionShares).reduce((sum, share) => sum + share, 0);
  expect(whole).toBeCloseTo(1, 12);
});
