import { startGateway } from '../../../infra/local/gateway.ts';
import { createRoles } from '../../../infra/local/iam.ts';
import type { PlayedService, Resource } from '../../../infra/local/service.ts';

export interface ServiceFront {
  readonly url: string;
  /** Credentials for a role among the resources. */
  credentialsFor(role: string): { accessKeyId: string; secretAccessKey: string };
  close(): Promise<void>;
}

/** Played services behind the real gateway, for clients of the real SDK. */
export async function serviceFront(
  services: readonly PlayedService[],
  roleResources: readonly Resource[] = [],
): Promise<ServiceFront> {
  const roles = createRoles(roleResources);
  const gateway = await startGateway({
    port: 0,
    host: '127.0.0.1',
    services,
    roles,
    log: (line) => console.error(line),
  });
  return {
    url: gateway.url,
    credentialsFor: (role) => roles.credentialsFor(role),
    close: () => gateway.close(),
  };
}

/** What every SDK client of these tests is made with: the person, who may do everything. */
export function clientOptions(url: string) {
  return {
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
}
