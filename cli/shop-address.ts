import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { readLocalEndpoint } from './local-endpoint.ts';
import type { Place } from './options/place.ts';
import { stackOutputs } from './stack-outputs.ts';

/** Where the shop's API answers, that of the local cloud or of a stage on AWS. */
export async function shopAddress({ aws, stage, data }: Place): Promise<string> {
  if (!aws) return (await readLocalEndpoint(data, stage)).apiUrl;
  const app = await stackOutputs(new CloudFormationClient(), `Shop-${stage ?? 'dev'}-App`);
  return app.get('ApiUrl');
}
