import { parseArgs } from 'node:util';
import { checkPublishedSchemas } from './validate/published-schemas.ts';

const { values } = parseArgs({
  options: { schemas: { type: 'boolean' }, write: { type: 'boolean', default: false } },
});
const { faults, written } = await checkPublishedSchemas({ write: values.write });
for (const file of written) console.log(`written  ${file}`);
for (const fault of faults) console.log(`fault    ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
