import { benchEndToEnd } from './bench/end-to-end.ts';

/** Each prints JSON lines: what was measured, where it bends. */
const benches: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  'end-to-end': benchEndToEnd,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = benches[name];
if (!bench) {
  console.error(`Usage: npm run bench -- ${Object.keys(benches).join(' | ')}: received ${name}`);
  process.exit(1);
}
try {
  await bench(args);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
