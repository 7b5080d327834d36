import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { shopDatabaseName } from './shop-database.ts';

/**
 * The shop API's secret where the database is not part of the stacks: PostgreSQL of `npm start`, as
 * a container sees the machine it runs on. Its password is put in by hand.
 */
export class HostDatabaseSecret extends secretsmanager.Secret {
  constructor(scope: Construct, id: string, { stage }: Deployment) {
    super(scope, id, {
      secretName: `${stage}/database/app`,
      generateSecretString: {
        generateStringKey: 'password',
        excludePunctuation: true,
        secretStringTemplate: JSON.stringify({
          username: 'shop_app',
          host: 'host.docker.internal',
          port: 4602,
          dbname: shopDatabaseName,
        }),
      },
    });
  }
}
