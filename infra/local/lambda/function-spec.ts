import { devNull } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Resource } from '../service.ts';
import { localRegion } from '../service.ts';

/** What the host needs to run one function: its bundle, its world and its limits. */
export interface FunctionSpec {
  readonly name: string;
  readonly arn: string;
  /** The bundle as it is deployed: an ES module. */
  readonly bundleFile: string;
  /** Name of the export that handles events. */
  readonly handlerName: string;
  /** Everything the function finds in `process.env`, and nothing else. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Undefined: only the laptop's own bound applies. */
  readonly reservedConcurrency: number | undefined;
}

/** Where a function finds its code and the played services, and who it is to them. */
export interface FunctionSurroundings {
  /** The unpacked asset of the function's code. */
  readonly bundleFolder: string;
  /** The endpoint of all played AWS services. */
  readonly endpointUrl: string;
  /** Credentials of the function's own role. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const functionProperties = z.object({
  Handler: z.string().regex(/^[\w.-]+\.\w+$/),
  Runtime: z.string().startsWith('nodejs'),
  Timeout: z.number().positive().default(3),
  MemorySize: z.number().positive().default(128),
  ReservedConcurrentExecutions: z.number().int().nonnegative().optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
  LoggingConfig: z
    .object({
      LogFormat: z.enum(['JSON', 'Text']).default('Text'),
      ApplicationLogLevel: z.string().optional(),
      LogGroup: z.string().optional(),
    })
    .optional(),
});

type FunctionProperties = z.output<typeof functionProperties>;

/** Variables of the host that say nothing about the person or the machine's AWS accounts. */
const neutralVariables = ['PATH', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];

/** Reads an `AWS::Lambda::Function` into what the function host runs. */
export function functionSpec(resource: Resource, surroundings: FunctionSurroundings): FunctionSpec {
  const parsed = functionProperties.safeParse(resource.properties);
  if (!parsed.success) {
    throw new Error(
      `Cannot play function: its properties are wrong: received ${resource.logicalId}: ${z.prettifyError(parsed.error)}`,
    );
  }
  const properties = parsed.data;
  const arn = resource.attributes['Arn'];
  if (arn === undefined) {
    throw new Error(`Cannot play function: it has no ARN: received ${resource.logicalId}`);
  }
  const dot = properties.Handler.lastIndexOf('.');
  return {
    name: resource.ref,
    arn,
    bundleFile: join(surroundings.bundleFolder, `${properties.Handler.slice(0, dot)}.mjs`),
    handlerName: properties.Handler.slice(dot + 1),
    environment: functionEnvironment(resource.ref, properties, surroundings),
    timeoutMs: properties.Timeout * 1000,
    memoryMb: properties.MemorySize,
    reservedConcurrency: properties.ReservedConcurrentExecutions,
  };
}

/**
 * The environment as Lambda sets it, and what keeps the function away from the person's own AWS
 * set-up: no shared configuration files, no instance metadata.
 */
function functionEnvironment(
  name: string,
  properties: FunctionProperties,
  surroundings: FunctionSurroundings,
): Record<string, string> {
  const neutral = neutralVariables.flatMap((variable) => {
    const value = process.env[variable];
    return value === undefined ? [] : [[variable, value] as const];
  });
  const logging = properties.LoggingConfig;
  const level = logging?.ApplicationLogLevel;
  return {
    ...Object.fromEntries(neutral),
    TZ: ':UTC',
    _HANDLER: properties.Handler,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: localRegion,
    AWS_DEFAULT_REGION: localRegion,
    AWS_ENDPOINT_URL: surroundings.endpointUrl,
    AWS_ACCESS_KEY_ID: surroundings.accessKeyId,
    AWS_SECRET_ACCESS_KEY: surroundings.secretAccessKey,
    AWS_EXECUTION_ENV: `AWS_Lambda_${properties.Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logging?.LogGroup ?? `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_LOG_FORMAT: logging?.LogFormat ?? 'Text',
    ...(level !== undefined && { AWS_LAMBDA_LOG_LEVEL: level }),
    LAMBDA_TASK_ROOT: surroundings.bundleFolder,
    POWERTOOLS_SERVICE_NAME: name,
    // There is no X-Ray daemon here; the tracer would look for one.
    POWERTOOLS_TRACE_ENABLED: 'false',
    ...properties.Environment?.Variables,
  };
}
