import { parseArgs } from 'node:util';
import { newTokenKeyPair, type Role, roles } from '../shared/auth/token.ts';
import { apiToken } from './api-token.ts';
import { parseDurationMs } from './duration.ts';
import { openTokenSecret, type TokenSecretOptions } from './token-secret.ts';

const usage = `Signs a token for the shop's API, and prints it alone.

  npm run -s token -- --role operator
  curl -H "authorization: Bearer $(npm run -s token -- --role analyst)" <api>/customers

  --role ROLE       shopper, analyst, operator or admin
  --customer ID     of a shopper: which one
  --for 8h          how long it is good (s, m, h)
  --new-key         make a new pair of keys and put it into the secret; tokens signed before
                    are not accepted any more once the shop has been told
  --aws             the stage on AWS, with credentials of the environment, not the local cloud
  --stage NAME      another stage than dev
  --data DIR        data directory of the local cloud, if it is not .local`;

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      role: { type: 'string' },
      customer: { type: 'string' },
      for: { type: 'string', default: '8h' },
      'new-key': { type: 'boolean', default: false },
      aws: { type: 'boolean', default: false },
      stage: { type: 'string' },
      data: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { aws, stage, data } = values;
  if (values.help) console.log(usage);
  else if (values['new-key']) await makeNewKey({ aws, stage, data });
  else {
    const lifetimeMs = parseDurationMs(values.for);
    const role = roleFrom(values.role);
    const customerId = customerFrom(values.customer);
    if (process.env['SHOP_TOKEN']) console.error('This is the token of SHOP_TOKEN, not a new one.');
    console.log(await apiToken({ role, customerId, lifetimeMs, aws, stage, data }));
  }
}

/** The private key goes into the secret and nowhere else. */
async function makeNewKey(options: TokenSecretOptions): Promise<void> {
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
    `Cannot sign token: --role must be ${roles.join(', ')}: received ${text}\n\n${usage}`,
  );
}

function customerFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new RangeError(`Cannot sign token: --customer must be the id of one: received ${text}`);
}
