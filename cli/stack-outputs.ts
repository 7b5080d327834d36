import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** What a deployed stack tells about itself. */
export interface StackOutputs {
  find(name: string): string | undefined;
  /** @throws Error when the stack has no such output. */
  get(name: string): string;
}

/** @throws Error when there is no such stack in the account and region of the environment. */
export async function stackOutputs(
  client: CloudFormationClient,
  stackName: string,
): Promise<StackOutputs> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const outputs = new Map(
      (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
        OutputKey,
        OutputValue,
      ]),
    );
    return {
      find: (name) => outputs.get(name),
      get(name) {
        const value = outputs.get(name);
        if (value !== undefined) return value;
        throw new Error(
          `Cannot read stack ${stackName}: it has no output ${name}; deploy it again: received ${[...outputs.keys()].join(', ')}`,
        );
      },
    };
  } catch (cause) {
    throw new Error(
      `Cannot find stack: deploy it first, and look at account, region and --stage: received "${stackName}": ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
}
