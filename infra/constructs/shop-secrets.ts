import { SecretValue } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { dataRemoval } from './data-removal.ts';

/** Secrets that belong to no database. */
export class ShopSecrets extends Construct {
  /** The key under which people's contact data and user ids are hashed; made once, never changed. */
  readonly pseudonymKey: secretsmanager.Secret;
  /** Signs tokens: JSON of `publicKey` and `privateKey`. Filled by `npm run token -- --new-key`. */
  readonly tokenKey: secretsmanager.Secret;
  /** Where alerts are posted: an address, or JSON of targets. Filled by a person. */
  readonly alertWebhook: secretsmanager.Secret;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.pseudonymKey = new secretsmanager.Secret(this, 'PseudonymKey', {
      secretName: `${deployment.stage}/pseudonym-key`,
      description: 'Key of the hashes that stand for contact data and user ids',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: dataRemoval(deployment),
    });
    this.tokenKey = new secretsmanager.Secret(this, 'TokenKey', {
      secretName: `${deployment.stage}/token-key`,
      description: 'Key pair that signs the tokens of callers; make it with npm run token',
      // No rule of Secrets Manager makes a key pair.
      secretStringValue: SecretValue.unsafePlainText('unset'),
      removalPolicy: dataRemoval(deployment),
    });
    this.alertWebhook = new secretsmanager.Secret(this, 'AlertWebhook', {
      secretName: `${deployment.stage}/alert-webhook`,
      description: 'Where alerts are posted, see docs/guides/alerts.md; put yours in',
      // Not the address: without a value a random one would be made up.
      secretStringValue: SecretValue.unsafePlainText('unset'),
      removalPolicy: dataRemoval(deployment),
    });
  }
}
