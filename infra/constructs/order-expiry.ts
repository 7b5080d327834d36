import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import type { DataStack } from '../stacks/data-stack.ts';
import { amazonAuthorities } from './amazon-authorities.ts';
import { ShopFunction } from './shop-function.ts';

export interface OrderExpiryProps {
  readonly deployment: Deployment;
  readonly data: DataStack;
  readonly bundlesFolder: string;
}

/** The function that lets unpaid orders expire: in the database's network, with its secret alone. */
export class OrderExpiry extends Construct {
  readonly function: ShopFunction;

  constructor(scope: Construct, id: string, props: OrderExpiryProps) {
    super(scope, id);
    const { deployment, data, bundlesFolder } = props;
    const { appSecret, shop } = data;
    this.function = new ShopFunction(this, 'Function', {
      deployment,
      bundlesFolder,
      folder: 'order-expiry',
      description: 'Lets unpaid orders expire and gives their pieces back',
      // Ends before the next call is due; what is left then is for that one.
      timeout: Duration.seconds(55),
      memoryMb: 256,
      environment: {
        DATABASE_SECRET_ARN: appSecret.secretArn,
        ...(shop && { NODE_EXTRA_CA_CERTS: amazonAuthorities }),
      },
      ...(shop && {
        network: { vpc: shop.network.vpc, securityGroup: shop.network.orderExpiryGroup },
      }),
    });
    appSecret.grantRead(this.function);
  }
}
