import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { z } from 'zod';
import { type Settings, settings } from '../shared/config/settings.ts';
import { readLocalEndpoint } from './local-endpoint.ts';
import type { Place } from './options/place.ts';
import { stackOutputs } from './stack-outputs.ts';

const chosen = z.record(z.string(), z.string());

/** The settings that functions run by in a place: what its deployment chose, else the defaults. */
export async function deployedSettings({ aws, stage, data }: Place): Promise<Settings> {
  if (!aws) {
    // Of an endpoint that is only named nothing else is known than what the environment says.
    if (process.env['AWS_ENDPOINT_URL'] !== undefined) return settings();
    return settings((await readLocalEndpoint(data, stage)).settings);
  }
  const app = await stackOutputs(new CloudFormationClient(), `Shop-${stage ?? 'dev'}-App`);
  return settings(chosen.parse(JSON.parse(app.find('Settings') ?? '{}')));
}
