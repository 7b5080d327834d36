import { parseArgs } from 'node:util';
import { newTokenKeyPair, type Role, roles } from '../shared/auth/token.ts';
import { apiToken } from './api-token.ts';
import { parseDurationMs } from './duration.ts';
import { type Place, placeOptions, placeUsage } from './options/place.ts';
import { runCommand } from './run-command.ts';
import { openTokenSecret } from './token-secret.ts';

const usage = `Signs a token for the shop's API, and prints it alone.

  npm run -s token -- --role operator
  curl -H "authorization: Bearer $(npm run -s token -- --role analyst)" <api>/customers

  --role ROLE       shopper, analyst, operator or admin
  --customer ID     of a shopper: which one
  --for 8h          how long it is good: 90s, 25m, 8h (default 8h)
  --new-key         make a new pair of keys and put it into the secret; tokens signed before
                    are not accepted any more once the shop has been told
${placeUsage(16)}`;

await runCommand(main);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      role: { type: 'string' },
      customer: { type: 'string' },
      for: { type: 'string', default: '8h' },
      'new-key': { type: 'boolean', default: false },
      ...placeOptions,
    },
  });
  const { aws, stage, data } = values;
  if (values.help) console.log(usage);
  else if (values['new-key']) await makeNewKey({ aws, stage, data });
  else {
    const lifetimeMs = parseDurationMs(values.for);
    const role = roleFrom(values.role);
    const customerId = customerFrom(values.customer);
    if ((role === 'shopper') !== (customerId !== undefined)) {
      throw new RangeError(
        `Cannot sign token: --role shopper needs --customer ID, and no other role has one: received --role ${role}${customerId === undefined ? '' : ` --customer ${customerId}`}`,
      );
    }
    if (process.env['SHOP_TOKEN']) console.error('This is the token of SHOP_TOKEN, not a new one.');
    console.log(await apiToken({ role, customerId, lifetimeMs, aws, stage, data }));
  }
  return 0;
}

/** The private key goes into the secret and nowhere else. */
async function makeNewKey(options: Place): Promise<void> {
  const secret = await openTokenSecret(options);
  const pair = await newTokenKeyPair();
  await secret.write(pair);
  console.error(
    `The secret ${secret.stage}/token-key holds a new pair. The shop knows it when this is done:\n`,
  );
  const app = `Shop-${secret.stage}-App`;
  console.log(
    options.aws
      ? `npm run cdk -- deploy ${app} -c stage=${secret.stage} --parameters ${app}:TokenPublicKey=${pair.publicKey}`
      : 'npm start has been stopped and started again',
  );
}

function roleFrom(text: string | undefined): Role {
  const role = roles.find((known) => known === text);
  if (role !== undefined) return role;
  throw new RangeError(
    `Cannot sign token: --role must be ${roles.join(', ')}: received ${text ?? 'none'}`,
  );
}

function customerFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new RangeError(`Cannot sign token: --customer must be the id of one: received ${text}`);
}
