/** Where a command works: the running local cloud, or a stage on AWS. */
export interface Place {
  /** The stage deployed in the account of the environment's credentials. @default false */
  readonly aws?: boolean | undefined;
  /** @default 'dev' */
  readonly stage?: string | undefined;
  /** Data directory of the local cloud. @default '.local' */
  readonly data?: string | undefined;
}

/** The same options for every command, as `parseArgs` takes them. */
export const placeOptions = {
  aws: { type: 'boolean', default: false },
  stage: { type: 'string' },
  data: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** @param width of the names, so that these lines stand under those of the command. */
export function placeUsage(width: number): string {
  return [
    ['--aws', 'the stage deployed in your account, instead of the local cloud'],
    ['--stage NAME', 'another stage than dev'],
    ['--data FOLDER', 'data directory of the local cloud (.local)'],
  ]
    .map(([name = '', what]) => `  ${name.padEnd(width)}  ${what}`)
    .join('\n');
}

/** The options that lead another command to the same place, for people to copy. */
export function placeArguments({ aws, stage, data }: Place): string {
  const quoted = (text: string): string => (/^[\w./:-]+$/.test(text) ? text : JSON.stringify(text));
  return [
    aws ? ' --aws' : '',
    stage === undefined ? '' : ` --stage ${quoted(stage)}`,
    data === undefined ? '' : ` --data ${quoted(data)}`,
  ].join('');
}
