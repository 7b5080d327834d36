import { z } from 'zod';
import type { Resource } from '../service.ts';
import { generatePassword, passwordRules, type RandomInteger } from './generate-password.ts';

const generatorSchema = passwordRules.extend({
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
});
const secretProperties = z.object({
  Name: z.string().optional(),
  Description: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: generatorSchema.optional(),
});

/** A secret of the template. */
export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  /** The template's value, or a new one by its rules; undefined where it gives neither. */
  firstValue(random: RandomInteger): string | undefined;
}

export function readSecretResource(resource: Resource): Secret {
  const parsed = secretProperties.safeParse(resource.properties);
  if (!parsed.success) {
    throw new Error(
      `Cannot play secret ${resource.ref}: ${z.prettifyError(parsed.error)}: received ${resource.logicalId}`,
    );
  }
  const { Name, Description, SecretString, GenerateSecretString: rules } = parsed.data;
  const arn = resource.attributes['Arn'] ?? resource.attributes['Id'] ?? resource.ref;
  const name = Name ?? nameInArn(arn);
  return {
    name,
    arn,
    description: Description,
    firstValue: (random) => SecretString ?? (rules && generated(name, rules, random)),
  };
}

/** Six random characters end the ARN of a secret. */
function nameInArn(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1).replace(/-[^-]{6}$/, '');
}

function generated(
  name: string,
  {
    SecretStringTemplate: template,
    GenerateStringKey: key,
    ...rules
  }: z.infer<typeof generatorSchema>,
  random: RandomInteger,
): string {
  const password = generatePassword(rules, random);
  if (template === undefined && key === undefined) return password;
  const fields = z.record(z.string(), z.unknown()).safeParse(jsonOf(template ?? ''));
  if (key === undefined || !fields.success) {
    throw new Error(
      `Cannot generate secret ${name}: SecretStringTemplate has to be a JSON object and needs a GenerateStringKey: received template ${template} and key ${key}`,
    );
  }
  return JSON.stringify({ ...fields.data, [key]: password });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
