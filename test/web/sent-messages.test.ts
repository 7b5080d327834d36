import { expect, test } from 'vitest';
import { mayHaveReceiver } from '../../web/sent-messages.ts';

test.each(['localhost', '127.0.0.1', '[::1]'])(
  'mayHaveReceiver() of this machine: %s',
  (hostname) => {
    expect(mayHaveReceiver(hostname)).toBe(true);
  },
);

test.each(['abc123.execute-api.us-east-1.amazonaws.com', 'localhost.example', '127.0.0.1.example'])(
  'mayHaveReceiver() is false elsewhere, where asking would write an error to the console: %s',
  (hostname) => {
    expect(mayHaveReceiver(hostname)).toBe(false);
  },
);
