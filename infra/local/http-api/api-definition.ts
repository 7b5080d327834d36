import { z } from 'zod';
import { functionName } from '../lambda/function-name.ts';
import type { Resource } from '../service.ts';
import { crossOriginRules } from './cross-origin.ts';
import type { Throttle } from './throttle.ts';

/** An HTTP API of the template with its routes, integrations and stage put together. */
export interface ApiDefinition {
  readonly apiId: string;
  readonly stageName: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly routes: readonly RouteDefinition[];
  /** Undefined: pages of other origins are on their own. */
  readonly crossOrigin: z.output<typeof crossOriginRules> | undefined;
}

export interface RouteDefinition {
  /** `GET /products/{id}`, or `$default`. */
  readonly routeKey: string;
  readonly functionName: string;
  readonly timeoutMs: number;
  /** Undefined: the stage does not bound this route. */
  readonly throttle: Throttle | undefined;
}

export interface ApiResources {
  /** `AWS::ApiGatewayV2::Api` */
  readonly api: Resource;
  /** `AWS::ApiGatewayV2::Route` */
  readonly routes: readonly Resource[];
  /** `AWS::ApiGatewayV2::Integration` */
  readonly integrations: readonly Resource[];
  /** `AWS::ApiGatewayV2::Stage` */
  readonly stages: readonly Resource[];
}

const apiProperties = z.object({
  ProtocolType: z.literal('HTTP'),
  CorsConfiguration: crossOriginRules.optional(),
});

const routeProperties = z.object({
  ApiId: z.string(),
  RouteKey: z.string().regex(/^(\$default|[A-Z]+ \/\S*)$/),
  Target: z.string().startsWith('integrations/'),
  AuthorizationType: z.literal('NONE', 'authorizers are not played').default('NONE'),
});

const integrationProperties = z.object({
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: z.number().min(50).max(30_000).default(30_000),
});

const routeSettings = z.object({
  ThrottlingRateLimit: z.number().nonnegative().optional(),
  ThrottlingBurstLimit: z.number().nonnegative().optional(),
});

const stageProperties = z.object({
  ApiId: z.string(),
  StageName: z.string(),
  StageVariables: z.record(z.string(), z.string()).default({}),
  DefaultRouteSettings: routeSettings.default({}),
  RouteSettings: z.record(z.string(), routeSettings).default({}),
});

/** Puts the API together; names the resource that is wrong, missing or beyond what is played. */
export function apiDefinition(resources: ApiResources): ApiDefinition {
  const { api } = resources;
  const { CorsConfiguration: crossOrigin } = parse(apiProperties, api);
  const integrations = new Map(
    resources.integrations.map((integration) => [
      integration.ref,
      parse(integrationProperties, integration),
    ]),
  );
  const stage = onlyStage(resources);
  const routes = resources.routes.flatMap((resource): RouteDefinition[] => {
    const { ApiId, RouteKey: routeKey, Target } = parse(routeProperties, resource);
    if (ApiId !== api.ref) return [];
    const integration = integrations.get(Target.slice('integrations/'.length));
    if (integration === undefined) {
      throw new Error(`Cannot play route ${routeKey}: it has no integration: received ${Target}`);
    }
    return [
      {
        routeKey,
        functionName: functionName(integration.IntegrationUri),
        timeoutMs: integration.TimeoutInMillis,
        throttle: throttleOf({ ...stage.DefaultRouteSettings, ...stage.RouteSettings[routeKey] }),
      },
    ];
  });
  return {
    apiId: api.ref,
    stageName: stage.StageName,
    stageVariables: stage.StageVariables,
    routes,
    crossOrigin,
  };
}

function onlyStage({ api, stages }: ApiResources): z.output<typeof stageProperties> {
  const own = stages
    .map((stage) => parse(stageProperties, stage))
    .filter(({ ApiId }) => ApiId === api.ref);
  const [stage, another] = own;
  if (stage !== undefined && another === undefined && stage.StageName === '$default') return stage;
  const names = own.map(({ StageName }) => StageName).join(', ');
  throw new Error(
    `Cannot play HTTP API ${api.logicalId}: it needs one stage named $default: received ${names || 'none'}`,
  );
}

function throttleOf(settings: z.output<typeof routeSettings>): Throttle | undefined {
  const { ThrottlingRateLimit: perSecond, ThrottlingBurstLimit: burst } = settings;
  if (perSecond === undefined && burst === undefined) return undefined;
  // The account's own limits stand in for what the stage leaves open.
  return { perSecond: perSecond ?? 10_000, burst: burst ?? 5000 };
}

function parse<Schema extends z.ZodType>(schema: Schema, resource: Resource): z.output<Schema> {
  const parsed = schema.safeParse(resource.properties);
  if (parsed.success) return parsed.data;
  throw new Error(
    `Cannot play ${resource.type}: its properties are wrong: received ${resource.logicalId}: ${z.prettifyError(parsed.error)}`,
  );
}
