import { startDatabase } from '../../../../infra/local/database/database.ts';

/** Run as a process of its own, to be killed: starts a database and prints its connection. */
const options = JSON.parse(process.argv[2] ?? '{}');
const { connection } = await startDatabase({ ...options, log: () => {} });
process.stdout.write(JSON.stringify(connection));
setInterval(() => {}, 1_000);
