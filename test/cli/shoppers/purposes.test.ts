import { expect, test } from 'vitest';
import { actionShares, actions } from '../../../cli/shoppers/actions.ts';
import {
  actionsPerThousand,
  purposes,
  sessionsPerThousand,
} from '../../../cli/shoppers/purposes.ts';

test('actionsPerThousand adds up to the weight of each action, exactly', () => {
  for (const action of actions) {
    const sum = purposes.reduce((all, purpose) => all + actionsPerThousand[purpose][action], 0);
    expect(sum / 1_000, action).toBe(actionShares[action]);
  }
});

test('sessionsPerThousand() shares out all sessions', () => {
  expect(purposes.reduce((sum, purpose) => sum + sessionsPerThousand(purpose), 0)).toBe(1_000);
});
