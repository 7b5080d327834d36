import { join } from 'node:path';
import type { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { ShopLogGroup } from './shop-log-group.ts';

export interface ShopFunctionProps {
  readonly deployment: Deployment;
  /** Folder under `functions/`, and after the stage the name of the function. */
  readonly folder: string;
  /** Where the bundles stand, one folder per function. */
  readonly bundlesFolder: string;
  readonly description: string;
  readonly timeout: Duration;
  /** CPU comes with it: a full core at 1,769. */
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Whether it is called by a REST API, whose events have another form than an HTTP API's.
   * @default false
   */
  readonly behindRestApi?: boolean;
  /** @default - outside of any network */
  readonly network?: { readonly vpc: ec2.IVpc; readonly securityGroup: ec2.ISecurityGroup };
}

/** What Lambda itself does to put a function into a network; these actions know no resource. */
const networkInterfaceActions = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * One of our functions: its bundle on Node 24 and arm64, under a role of its own that may write its
 * own log and nothing else. What more it may do is granted where it is put to use.
 */
export class ShopFunction extends lambda.Function {
  constructor(scope: Construct, id: string, props: ShopFunctionProps) {
    const { deployment, folder, network } = props;
    const name = `${deployment.stage}-${folder}`;
    const role = new iam.Role(scope, `${id}Role`, {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${name} may do`,
    });
    const logGroup = new ShopLogGroup(scope, `${id}Logs`, deployment, `/aws/lambda/${name}`);
    logGroup.grantWrite(role);
    if (network) {
      role.addToPolicy(
        new iam.PolicyStatement({ actions: networkInterfaceActions, resources: ['*'] }),
      );
    }
    super(scope, id, {
      functionName: name,
      description: props.description,
      code: lambda.Code.fromAsset(join(props.bundlesFolder, folder)),
      handler: props.behindRestApi ? 'rest.handler' : 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: props.memoryMb,
      timeout: props.timeout,
      environment: {
        NODE_OPTIONS: '--enable-source-maps',
        ...deployment.settings,
        ...props.environment,
      },
      role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      ...(network && { vpc: network.vpc, securityGroups: [network.securityGroup] }),
    });
  }
}
