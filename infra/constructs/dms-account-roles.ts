import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** DMS looks these up by name, one set for the whole account, whatever the stage. */
const accountRoles = {
  'dms-vpc-role': 'service-role/AmazonDMSVPCManagementRole',
  'dms-cloudwatch-logs-role': 'service-role/AmazonDMSCloudWatchLogsRole',
};

/** The roles that DMS expects in an account that has never seen it; the console would make them. */
export class DmsAccountRoles extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    for (const [roleName, policy] of Object.entries(accountRoles)) {
      new iam.Role(this, roleName, {
        roleName,
        assumedBy: new iam.ServicePrincipal('dms.amazonaws.com'),
        managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName(policy)],
      });
    }
  }
}
