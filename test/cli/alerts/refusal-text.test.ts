import { expect, test } from 'vitest';
import { refusalText } from '../../../cli/alerts/refusal-text.ts';

test('refusalText() says in words what was wrong', () => {
  const errors = [{ field: 'severity', reason: 'Must be one of info, warning, critical' }];
  const body = JSON.stringify({ status: 400, title: 'The request has wrong parameters', errors });
  expect(refusalText(400, body)).toBe(
    'The request has wrong parameters; severity: Must be one of info, warning, critical',
  );
  const missing = { title: 'No such alert', detail: 'GET /alerts lists those of a day.' };
  expect(refusalText(404, JSON.stringify(missing))).toBe(
    'No such alert; GET /alerts lists those of a day.',
  );
});

test('refusalText() keeps what is no JSON', () => {
  expect(refusalText(502, 'Bad gateway')).toBe('the shop answered 502: Bad gateway');
});
