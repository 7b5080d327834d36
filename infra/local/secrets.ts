import { randomInt, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { SecretFile, type SecretVersion } from './secrets/secret-file.ts';
import { readSecretResource, type Secret } from './secrets/secret-resource.ts';
import { type AwsCall, AwsError, type PlayedService, type Resource } from './service.ts';

export interface SecretsOptions {
  /** Where the values are kept; only its owner may read it. */
  readonly file: string;
  /** `AWS::SecretsManager::Secret` of the template. */
  readonly secrets: readonly Resource[];
  /** By name: the value of a secret that has none yet; wins over the template's rules. */
  readonly initial: Readonly<Record<string, string | object>>;
}

export interface SecretsPlayer extends PlayedService {
  /** @throws Error for a secret that the template does not have or that holds no value. */
  value(name: string): string;
  /** Makes this the current value, unless it is; an object is kept as JSON. */
  set(name: string, value: string | object): Promise<void>;
}

const currentStage = 'AWSCURRENT';
const previousStage = 'AWSPREVIOUS';

const addressed = z.looseObject({ SecretId: z.string().min(1) });
const readRequest = addressed.extend({
  VersionId: z.string().optional(),
  VersionStage: z.string().optional(),
});
const writeRequest = addressed.extend({
  SecretString: z.string().min(1),
  ClientRequestToken: z.string().optional(),
});

const listRequest = z.looseObject({
  Filters: z
    .array(z.object({ Key: z.literal('name'), Values: z.array(z.string()).min(1) }))
    .default([]),
});

/** Secrets Manager for the secrets of the template. */
export async function createSecrets(options: SecretsOptions): Promise<SecretsPlayer> {
  const secrets = options.secrets.map(readSecretResource);
  const file = await SecretFile.open(options.file);
  const stranger = Object.keys(options.initial).find(
    (name) => !secrets.some((s) => s.name === name),
  );
  if (stranger !== undefined) throw unknownSecret(stranger, secrets);
  for (const secret of secrets) await fill(file, secret, options.initial[secret.name]);

  const operations: Readonly<Record<string, (call: AwsCall) => object | Promise<object>>> = {
    GetSecretValue: (call) => readValue(file, secrets, requestOf(readRequest, call)),
    DescribeSecret(call) {
      const secret = addressedSecret(secrets, requestOf(addressed, call));
      return { ...describe(file, secret), VersionIdsToStages: stagesOf(file, secret) };
    },
    PutSecretValue: (call) => writeValue(file, secrets, requestOf(writeRequest, call)),
    UpdateSecret: (call) => writeValue(file, secrets, requestOf(writeRequest, call)),
    ListSecrets: (call) => list(file, secrets, requestOf(listRequest, call)),
  };

  return {
    signingName: 'secretsmanager',
    permissions(call) {
      const action = `secretsmanager:${call.operation ?? ''}`;
      const { SecretId } = requestOf(addressed.partial(), call);
      if (SecretId === undefined) return [{ action, resource: '*' }];
      return [{ action, resource: findSecret(secrets, SecretId)?.arn ?? SecretId }];
    },
    async handle(call) {
      const operation = operations[call.operation ?? ''];
      if (operation === undefined) {
        throw new AwsError(
          'UnknownOperationException',
          `Cannot perform operation: the local Secrets Manager does not play it: received ${call.operation}`,
        );
      }
      return {
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: JSON.stringify(await operation(call)),
      };
    },
    value(name) {
      const secret = named(secrets, name);
      const [current] = file.versions(secret.name);
      if (current !== undefined) return current.value;
      throw new Error(`Cannot read secret: it holds no value yet: received ${name}`);
    },
    async set(name, value) {
      const secret = named(secrets, name);
      const text = textOf(value);
      if (file.versions(secret.name)[0]?.value !== text) await file.put(secret.name, version(text));
    },
    close: () => file.close(),
  };
}

async function fill(file: SecretFile, secret: Secret, initial?: string | object): Promise<void> {
  if (file.versions(secret.name).length > 0) return;
  const value = initial === undefined ? secret.firstValue(randomBelow) : textOf(initial);
  if (value !== undefined) await file.put(secret.name, version(value));
}

function readValue(
  file: SecretFile,
  secrets: readonly Secret[],
  request: z.infer<typeof readRequest>,
): object {
  const secret = addressedSecret(secrets, request);
  const { VersionId, VersionStage } = request;
  const versions = file.versions(secret.name);
  const position = versions.findIndex(
    ({ id }, at) =>
      (VersionId === undefined || id === VersionId) &&
      (VersionStage ?? (VersionId === undefined ? currentStage : stageOf(at))) === stageOf(at),
  );
  const found = versions[position];
  if (found === undefined) {
    const sought = VersionId ?? VersionStage ?? currentStage;
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for version or staging label: ${sought}`,
    );
  }
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: found.id,
    SecretString: found.value,
    VersionStages: [stageOf(position)],
    CreatedDate: found.atMs / 1000,
  };
}

/** A token makes the call idempotent: it becomes the version's id. */
async function writeValue(
  file: SecretFile,
  secrets: readonly Secret[],
  request: z.infer<typeof writeRequest>,
): Promise<object> {
  const { arn, name } = addressedSecret(secrets, request);
  const { SecretString, ClientRequestToken } = request;
  const same = file.versions(name).find(({ id }) => id === ClientRequestToken);
  if (same !== undefined && same.value !== SecretString) {
    throw new AwsError(
      'ResourceExistsException',
      `Cannot put value: this ClientRequestToken belongs to another value of the secret: received ${ClientRequestToken}`,
    );
  }
  const written = same ?? version(SecretString, ClientRequestToken);
  if (same === undefined) await file.put(name, written);
  return { ARN: arn, Name: name, VersionId: written.id, VersionStages: [currentStage] };
}

function describe(file: SecretFile, { name, arn, description }: Secret): object {
  const [current] = file.versions(name);
  return {
    ARN: arn,
    Name: name,
    ...(description !== undefined && { Description: description }),
    ...(current && { LastChangedDate: current.atMs / 1000 }),
  };
}

function list(
  file: SecretFile,
  secrets: readonly Secret[],
  { Filters }: z.infer<typeof listRequest>,
): object {
  const found = secrets.filter(({ name }) =>
    Filters.every(({ Values }) => Values.some((prefix) => name.startsWith(prefix))),
  );
  const SecretList = found.map((secret) => ({
    ...describe(file, secret),
    SecretVersionsToStages: stagesOf(file, secret),
  }));
  return { SecretList };
}

function stagesOf(file: SecretFile, { name }: Secret): object {
  return Object.fromEntries(file.versions(name).map(({ id }, at) => [id, [stageOf(at)]]));
}

function stageOf(position: number): string {
  return position === 0 ? currentStage : previousStage;
}

/** By name, ARN, or ARN without its six random characters. */
function findSecret(secrets: readonly Secret[], id: string): Secret | undefined {
  return secrets.find(
    ({ name, arn }) => id === name || id === arn || id === arn.replace(/-[^-]{6}$/, ''),
  );
}

function addressedSecret(
  secrets: readonly Secret[],
  { SecretId }: z.infer<typeof addressed>,
): Secret {
  const secret = findSecret(secrets, SecretId);
  if (secret !== undefined) return secret;
  throw new AwsError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret: received ${SecretId}`,
  );
}

function named(secrets: readonly Secret[], name: string): Secret {
  const secret = secrets.find((each) => each.name === name);
  if (secret === undefined) throw unknownSecret(name, secrets);
  return secret;
}

function unknownSecret(name: string, secrets: readonly Secret[]): Error {
  const known = secrets.map((secret) => secret.name).join(', ');
  return new Error(`Cannot find secret: the template has only ${known}: received ${name}`);
}

function requestOf<Output>(schema: z.ZodType<Output>, call: AwsCall): Output {
  try {
    return schema.parse(JSON.parse(call.body.toString('utf8') || '{}'));
  } catch (error) {
    // Not the request itself: it may hold a value.
    const wrong = error instanceof z.ZodError ? z.prettifyError(error) : 'it is not JSON';
    throw new AwsError('InvalidParameterException', `Cannot read request: ${wrong}`);
  }
}

function version(value: string, id: string = randomUUID()): SecretVersion {
  return { id, value, atMs: Date.now() };
}

function textOf(value: string | object): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function randomBelow(limit: number): number {
  return randomInt(limit);
}
