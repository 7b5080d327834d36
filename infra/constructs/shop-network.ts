import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { cdkInterface } from './cdk-interface.ts';

/**
 * The network of the database and of what talks to it: isolated subnets without a way to the
 * internet, so without NAT. AWS services are reached through endpoints; the two that cost by the
 * hour stand in one zone, which the other zone reaches through the network.
 */
export class ShopNetwork extends Construct {
  readonly vpc: ec2.IVpc;
  readonly databaseGroup: ec2.SecurityGroup;
  readonly shopApiGroup: ec2.SecurityGroup;
  readonly orderExpiryGroup: ec2.SecurityGroup;
  readonly captureGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [
        { name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      gatewayEndpoints: {
        S3: { service: ec2.GatewayVpcEndpointAwsService.S3 },
        DynamoDB: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
      },
      // Emptying the default group takes a custom resource; nothing here is ever put into it.
      restrictDefaultSecurityGroup: false,
    });
    this.vpc = cdkInterface<ec2.IVpc>(vpc);
    this.databaseGroup = this.#group('DatabaseGroup', 'The shop database');
    this.shopApiGroup = this.#group('ShopApiGroup', 'The function of the shop API');
    this.orderExpiryGroup = this.#group('OrderExpiryGroup', 'The function of the order expiry');
    this.captureGroup = this.#group('CaptureGroup', 'The change capture');
    const endpointGroup = this.#group('EndpointGroup', 'Endpoints of AWS services');

    const sql = ec2.Port.tcp(5432);
    const https = ec2.Port.tcp(443);
    for (const client of [this.shopApiGroup, this.orderExpiryGroup, this.captureGroup]) {
      client.connections.allowTo(this.databaseGroup, sql, 'SQL');
      client.connections.allowTo(endpointGroup, https, 'AWS services');
    }
    const anywhere = ec2.Peer.anyIpv4();
    this.captureGroup.addEgressRule(anywhere, https, 'S3, through its gateway endpoint');
    this.shopApiGroup.addEgressRule(anywhere, https, 'DynamoDB, through its gateway endpoint');

    const services = {
      Kinesis: ec2.InterfaceVpcEndpointAwsService.KINESIS_STREAMS,
      SecretsManager: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    };
    for (const [name, service] of Object.entries(services)) {
      this.vpc.addInterfaceEndpoint(name, {
        service,
        securityGroups: [endpointGroup],
        open: false,
        subnets: { subnets: this.vpc.isolatedSubnets.slice(0, 1) },
      });
    }
  }

  #group(id: string, description: string): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, id, {
      vpc: this.vpc,
      description,
      allowAllOutbound: false,
    });
  }
}
