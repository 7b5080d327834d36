import { RemovalPolicy } from 'aws-cdk-lib';
import type { Deployment } from '../deployment.ts';

/** What happens to data when its stack goes: kept in production, gone with the stage elsewhere. */
export function dataRemoval({ production }: Deployment): RemovalPolicy {
  return production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
