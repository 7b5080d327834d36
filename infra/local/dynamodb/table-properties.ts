import { z } from 'zod';
import type { Resource } from '../service.ts';

const keySchema = z.array(
  z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }),
);
const throughputSchema = z.object({
  ReadCapacityUnits: z.coerce.number(),
  WriteCapacityUnits: z.coerce.number(),
});
const indexSchema = z.object({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.object({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']).default('ALL'),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
  ProvisionedThroughput: throughputSchema.optional(),
});

/** What a table of the template says that shows in its behaviour. */
const tableSchema = z.object({
  KeySchema: keySchema,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).default('PROVISIONED'),
  ProvisionedThroughput: throughputSchema.optional(),
  GlobalSecondaryIndexes: z.array(indexSchema).default([]),
  LocalSecondaryIndexes: z.array(indexSchema).default([]),
  TimeToLiveSpecification: z
    .object({ AttributeName: z.string().optional(), Enabled: z.stringbool().or(z.boolean()) })
    .optional(),
});

export type TableProperties = z.infer<typeof tableSchema> & { readonly TableName: string };
export type IndexProperties = z.infer<typeof indexSchema>;

/** Features that would be missed: a function waiting for a stream of changes would wait for ever. */
const unplayedProperties = [
  'StreamSpecification',
  'KinesisStreamSpecification',
  'ImportSourceSpecification',
] as const;

/**
 * A table's properties, whichever of the two CloudFormation types it has. Encryption, backups, tags
 * and the like are left aside: they change nothing a client sees here.
 */
export function tableProperties(resource: Resource): TableProperties {
  const parsed = tableSchema.loose().safeParse(resource.properties);
  if (!parsed.success) {
    throw new Error(
      `Cannot play table ${resource.ref}: ${z.prettifyError(parsed.error)}: received ${resource.type} ${resource.logicalId}`,
    );
  }
  const unplayed = unplayedProperties.find((name) => parsed.data[name] !== undefined);
  if (unplayed) {
    throw new Error(
      `Cannot play table ${resource.ref}: the local DynamoDB does not support ${unplayed}: received ${JSON.stringify(parsed.data[unplayed])}`,
    );
  }
  return { ...parsed.data, TableName: resource.ref };
}
