import { parseArgs } from 'node:util';
import { type AlertsCall, alertCommands } from './alerts/commands.ts';
import { refusalText } from './alerts/refusal-text.ts';
import { apiToken } from './api-token.ts';
import { placeOptions, placeUsage } from './options/place.ts';
import { runCommand } from './run-command.ts';
import { shopAddress } from './shop-address.ts';

const usage = `npm run alerts -- <command> [--json]

  list                    alerts of a day, the newest first
                          [--day 2026-03-01] [--kind K] [--severity S] [--status S] [--entity customer|7]
                          [--limit 20]
  show ID                 one alert: what, why, how sure, and what became of it at each target
  ack ID                  someone knows: more of its kind about the same waits until it has ended
  snooze ID --for 2h      more of its kind about the same waits so long, and is told in one message
  mutes                   what is muted now
  mute --for 2h           [--kind K] [--entity customer|7] [--reason "why"]: logged, and not told
  unmute ID               ends a mute
  dead                    messages that a target did not take for a day
  replay ID               sends one again, to that target alone; or all of them: --all

${placeUsage(22)}
  --json                  the API's answer as it is`;

await runCommand(main);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      day: { type: 'string' },
      kind: { type: 'string' },
      severity: { type: 'string' },
      status: { type: 'string' },
      entity: { type: 'string' },
      limit: { type: 'string' },
      for: { type: 'string' },
      reason: { type: 'string' },
      all: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      ...placeOptions,
    },
  });
  const [name = '', id, ...rest] = positionals;
  const command = alertCommands[name];
  if (values.help || command === undefined || rest.length > 0) {
    (values.help ? console.log : console.error)(usage);
    return values.help ? 0 : 2;
  }
  const { aws, stage, data } = values;
  const place = { aws, stage, data };
  const url = await shopAddress(place);
  const token = await apiToken({ role: 'operator', ...place });
  const call: AlertsCall = async (method, path, body) => {
    const response = await fetch(new URL(path, url.endsWith('/') ? url : `${url}/`), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`Cannot ${name} alerts: ${refusalText(response.status, text)}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  };
  const { answer, lines } = await command({ call, id, options: values, nowMs: Date.now() });
  console.log(values.json ? JSON.stringify(answer ?? null) : lines.join('\n'));
  return 0;
}
