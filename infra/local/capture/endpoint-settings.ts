import { z } from 'zod';

/** How records look, from the settings of the two DMS endpoints and of the replication. */
export interface RecordSettings {
  readonly includeNullAndEmpty: boolean;
  readonly includeTransactionDetails: boolean;
  readonly includePartitionValue: boolean;
  readonly partitionIncludeSchemaTable: boolean;
  readonly noHexPrefix: boolean;
  readonly mapBooleanAsBoolean: boolean;
  /** Name of the object with the old key of an update; undefined without before images. */
  readonly beforeImageField: string | undefined;
}

export interface ReplicationSettings {
  readonly record: RecordSettings;
  readonly slotName: string;
  /** Whether existing rows are sent first. */
  readonly fullLoad: boolean;
}

// CloudFormation takes booleans as text too.
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]);
const slotName = z.string().regex(/^[a-z0-9_]{1,63}$/, 'not a name of a replication slot');
const endpoint = z.object({
  ExtraConnectionAttributes: z.string().default(''),
  KinesisSettings: z
    .object({
      MessageFormat: z.string().optional(),
      IncludeControlDetails: flag.default(false),
      IncludeTableAlterOperations: flag.default(false),
      IncludeNullAndEmpty: flag.default(false),
      IncludeTransactionDetails: flag.default(false),
      IncludePartitionValue: flag.default(false),
      PartitionIncludeSchemaTable: flag.default(false),
      NoHexPrefix: flag.default(false),
    })
    .optional(),
  PostgreSqlSettings: z
    .object({ MapBooleanAsBoolean: flag.optional(), SlotName: slotName.optional() })
    .default({}),
});
const beforeImages = z.object({
  EnableBeforeImage: flag,
  FieldName: z.string().min(1),
  ColumnFilter: z.literal('pk-only').default('pk-only'),
});
const taskSettings = z.object({
  BeforeImageSettings: beforeImages.nullish(),
  TargetMetadata: z
    .object({
      ParallelApplyThreads: z.literal(0).optional(),
      ParallelLoadThreads: z.literal(0).optional(),
      BatchApplyEnabled: z.literal(false).optional(),
    })
    .optional(),
});
const settingsText = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: `no JSON: ${error}` });
      return z.NEVER;
    }
  })
  .pipe(taskSettings);
const json = z.union([taskSettings, settingsText]);
const replication = z.object({
  ReplicationType: z.string().optional(), // of a config
  MigrationType: z.string().optional(), // of a task
  ReplicationSettings: json.optional(),
  ReplicationTaskSettings: json.optional(),
});

/**
 * Reads the properties of the DMS resources: replication (config or task), source and target
 * endpoint. A setting that would change records in a way this project does not play is refused.
 */
export function parseSettings(resources: {
  readonly replication: unknown;
  readonly source: unknown;
  readonly target: unknown;
}): ReplicationSettings {
  const source = parse(endpoint, 'source endpoint', resources.source);
  const target = parse(endpoint, 'target endpoint', resources.target);
  const config = parse(replication, 'replication', resources.replication);
  const kinesis = target.KinesisSettings;
  if (kinesis === undefined)
    throw problem('the target is no Kinesis endpoint', 'no KinesisSettings');
  const type = config.ReplicationType ?? config.MigrationType;
  if (type !== 'full-load-and-cdc' && type !== 'cdc') {
    throw problem('only types full-load-and-cdc and cdc are played', type);
  }
  const format = kinesis.MessageFormat?.toLowerCase().replace('_', '-');
  if (format !== 'json-unformatted')
    throw problem('MessageFormat must be json-unformatted', format);
  if (kinesis.IncludeControlDetails || kinesis.IncludeTableAlterOperations) {
    throw problem(
      'control records are not played',
      'IncludeControlDetails or IncludeTableAlterOperations',
    );
  }
  const ofSource = attributes(source.ExtraConnectionAttributes);
  const ofTarget = attributes(target.ExtraConnectionAttributes);
  const large = ofTarget.get('uselargeintegervalue');
  if (large === 'false') throw problem('bigint is written exactly', 'UseLargeIntegerValue=false');
  const images =
    config.ReplicationSettings?.BeforeImageSettings ??
    config.ReplicationTaskSettings?.BeforeImageSettings;
  return {
    record: {
      includeNullAndEmpty: kinesis.IncludeNullAndEmpty,
      includeTransactionDetails: kinesis.IncludeTransactionDetails,
      includePartitionValue: kinesis.IncludePartitionValue,
      partitionIncludeSchemaTable: kinesis.PartitionIncludeSchemaTable,
      noHexPrefix: kinesis.NoHexPrefix || ofTarget.get('nohexprefix') === 'true',
      mapBooleanAsBoolean:
        source.PostgreSqlSettings.MapBooleanAsBoolean ??
        ofSource.get('mapbooleanasboolean') === 'true',
      beforeImageField: images?.EnableBeforeImage ? images.FieldName : undefined,
    },
    slotName:
      source.PostgreSqlSettings.SlotName ??
      parse(slotName, 'SlotName', ofSource.get('slotname') ?? 'shop_capture'),
    fullLoad: type === 'full-load-and-cdc',
  };
}

/** `Name=value;Other=value`, names in any case. */
function attributes(extra: string): ReadonlyMap<string, string> {
  const pairs = extra.split(';').filter((pair) => pair.trim() !== '');
  return new Map(
    pairs.map((pair) => {
      const [name = '', value = ''] = pair.split('=', 2).map((part) => part.trim());
      return [name.toLowerCase(), value];
    }),
  );
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  what: string,
  value: unknown,
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw problem(`${what}: ${issue?.path.join('.')}: ${issue?.message}`, JSON.stringify(value));
}

function problem(what: string, received: string | undefined): Error {
  return new Error(
    `Cannot play replication: ${what}: received ${JSON.stringify(received ?? null)}`,
  );
}
