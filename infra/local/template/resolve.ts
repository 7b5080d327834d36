import { localAccountId as account, type Resource, localRegion as region } from '../service.ts';
import type { Assembly, StackTemplate, TemplateResource } from './assembly.ts';
import { type Addresses, type Identity, identityOf, namePath } from './identity.ts';

type Json = unknown;

/** A reference of the template that cannot be followed. */
class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

const noValue = Symbol('AWS::NoValue');

/**
 * Resolves a synthesised template as CloudFormation would: every `Ref`, `Fn::GetAtt`, `Fn::Join`,
 * `Fn::Sub`, `Fn::Select`, `Fn::Split`, `Fn::If`, `Fn::FindInMap`, `Fn::ImportValue`, `Fn::GetAZs`
 * and `Fn::Base64` becomes its value; resources whose condition is false are left out.
 *
 * @param parameters values of the templates' parameters, which win over the defaults.
 * @throws TemplateError naming the stack and what cannot be resolved.
 */
export function resolveAssembly(
  assembly: Assembly,
  addresses: Addresses,
  parameters: Readonly<Record<string, string>> = {},
): readonly Resource[] {
  const stacks = new Map(
    assembly.stacks.map((template) => [
      template.name,
      new Stack(template, addresses, parameters, importValue),
    ]),
  );
  function importValue(name: string): Json {
    for (const stack of stacks.values()) {
      const value = stack.exported(name);
      if (value !== undefined) return value;
    }
    throw new TemplateError(`Cannot import ${name}: no stack exports it`);
  }
  return [...stacks.values()].flatMap((stack) => stack.resources());
}

class Stack {
  readonly #template: StackTemplate;
  readonly #addresses: Addresses;
  readonly #parameters: Readonly<Record<string, string>>;
  readonly #importValue: (name: string) => Json;
  readonly #identities = new Map<string, Identity>();

  constructor(
    template: StackTemplate,
    addresses: Addresses,
    parameters: Readonly<Record<string, string>>,
    importValue: (name: string) => Json,
  ) {
    this.#template = template;
    this.#addresses = addresses;
    this.#parameters = parameters;
    this.#importValue = importValue;
  }

  resources(): Resource[] {
    return Object.entries(this.#template.Resources)
      .filter(([, { Condition: name }]) => name === undefined || this.#condition(name))
      .map(([logicalId, resource]) => ({
        stack: this.#template.name,
        logicalId,
        type: resource.Type,
        ...this.#identity(logicalId),
        properties: this.#resolve(resource.Properties),
      }));
  }

  exported(name: string): Json {
    const outputs = Object.values(this.#template.Outputs);
    const output = outputs.find((one) => one.Export && this.#resolve(one.Export.Name) === name);
    return output && this.#resolve(output.Value);
  }

  #identity(logicalId: string): Identity {
    const known = this.#identities.get(logicalId);
    if (known) return known;
    const resource = this.#template.Resources[logicalId];
    if (!resource) throw this.#error(`resource ${logicalId}`, 'the stack has none of that name');
    const propertyOf = (name: string): string => String(this.#resolve(resource.Properties[name]));
    const name = this.#nameOf(logicalId, resource);
    const identity = identityOf(resource.Type, name, this.#addresses, propertyOf);
    this.#identities.set(logicalId, identity);
    return identity;
  }

  #nameOf(logicalId: string, { Type: type, Properties }: TemplateResource): string {
    let value: Json = Properties;
    for (const step of namePath(type) ?? [undefined]) {
      value = step !== undefined && isObject(value) ? value[step] : undefined;
    }
    const name = value === undefined ? undefined : this.#resolve(value);
    return typeof name === 'string' ? name : `${this.#template.name}-${logicalId}`;
  }

  #resolve(value: Json): Json {
    if (Array.isArray(value)) {
      return value.map((entry) => this.#resolve(entry)).filter((entry) => entry !== noValue);
    }
    if (!isObject(value)) return value;
    const [[name, argument] = [undefined, undefined], ...more] = Object.entries(value);
    if (name !== undefined && more.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
      return this.#call(name, argument);
    }
    const resolved = Object.entries(value).map(([key, entry]) => [key, this.#resolve(entry)]);
    return Object.fromEntries(resolved.filter(([, entry]) => entry !== noValue));
  }

  #call(name: string, argument: Json): Json {
    switch (name) {
      case 'Ref':
        return this.#ref(String(argument));
      case 'Fn::GetAtt':
        return this.#attribute(argument);
      case 'Fn::Join': {
        const [separator, parts] = this.#list(argument);
        return this.#list(parts).join(String(separator));
      }
      case 'Fn::Sub':
        return this.#substitute(argument);
      case 'Fn::Select': {
        const [index, list] = this.#list(argument);
        return this.#list(list)[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = this.#list(argument);
        return String(text).split(String(separator));
      }
      case 'Fn::If': {
        const [condition, yes, no] = Array.isArray(argument) ? argument : [];
        return this.#resolve(this.#condition(String(condition)) ? yes : no);
      }
      case 'Fn::FindInMap':
        return this.#findInMap(this.#list(argument));
      case 'Fn::ImportValue':
        return this.#importValue(String(this.#resolve(argument)));
      case 'Fn::GetAZs':
        return [`${region}a`, `${region}b`];
      case 'Fn::Base64':
        return Buffer.from(String(this.#resolve(argument))).toString('base64');
      default:
        throw this.#error(name, 'the local cloud does not know this function');
    }
  }

  #ref(name: string): Json {
    const pseudo: Record<string, Json> = {
      'AWS::AccountId': account,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.#template.name,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${this.#template.name}/local`,
      'AWS::NoValue': noValue,
      'AWS::NotificationARNs': [],
    };
    if (name in pseudo) return pseudo[name];
    const parameter = this.#template.Parameters[name];
    if (!parameter) return this.#identity(name).ref;
    return this.#parameters[name] ?? parameter.Default;
  }

  #attribute(argument: Json): string {
    const [logicalId = '', ...rest] =
      typeof argument === 'string' ? argument.split('.') : this.#list(argument).map(String);
    const name = rest.join('.');
    // What nobody plays has no attributes here; a value that names its origin stands for it.
    return this.#identity(logicalId).attributes[name] ?? `${this.#identity(logicalId).ref}.${name}`;
  }

  #substitute(argument: Json): string {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    return String(text).replaceAll(
      /\$\{(!?)([^}]+)\}/g,
      (_whole, literal: string, name: string) => {
        if (literal) return `\${${name}}`;
        const own = isObject(variables) ? variables[name] : undefined;
        if (own !== undefined) return String(this.#resolve(own));
        return String(name.includes('.') ? this.#attribute(name) : this.#ref(name));
      },
    );
  }

  #findInMap([map, first, second]: readonly Json[]): Json {
    const level = this.#template.Mappings[String(map)];
    const inner = isObject(level) ? level[String(first)] : undefined;
    const value = isObject(inner) ? inner[String(second)] : undefined;
    if (value === undefined) throw this.#error(`mapping ${map}.${first}.${second}`, 'not there');
    return value;
  }

  #condition(name: string): boolean {
    if (!(name in this.#template.Conditions)) throw this.#error(`condition ${name}`, 'not there');
    return this.#test(this.#template.Conditions[name]);
  }

  #test(expression: Json): boolean {
    const [[name, argument] = ['', undefined]] = isObject(expression)
      ? Object.entries(expression)
      : [];
    const parts = Array.isArray(argument) ? argument : [];
    if (name === 'Condition') return this.#condition(String(argument));
    if (name === 'Fn::Not') return !this.#test(parts[0]);
    if (name === 'Fn::And') return parts.every((part) => this.#test(part));
    if (name === 'Fn::Or') return parts.some((part) => this.#test(part));
    if (name === 'Fn::Equals') return this.#resolve(parts[0]) === this.#resolve(parts[1]);
    throw this.#error(`condition ${JSON.stringify(expression)}`, 'not a condition');
  }

  #list(value: Json): Json[] {
    const resolved = this.#resolve(value);
    if (!Array.isArray(resolved)) throw this.#error(JSON.stringify(value), 'not a list');
    return resolved;
  }

  #error(what: string, why: string): TemplateError {
    return new TemplateError(`Cannot resolve ${what} in ${this.#template.name}: ${why}`);
  }
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
