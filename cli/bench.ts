/**
 * Each prints JSON lines: what was measured, where it bends. Loaded when asked for: the memory of
 * one bench is not to hold the parts of another.
 */
const benches: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<void>>>> =
  {
    'end-to-end': async () => (await import('./bench/end-to-end.ts')).benchEndToEnd,
    api: async () => (await import('./bench/api.ts')).benchApi,
    fraud: async () => (await import('./bench/fraud.ts')).benchFraud,
    jobs: async () => (await import('./bench/jobs.ts')).benchJobs,
    engine: async () => (await import('./bench/engine.ts')).benchEngine,
  };

const [name = '', ...args] = process.argv.slice(2);
const bench = benches[name];
if (!bench) {
  console.error(`Usage: npm run bench -- ${Object.keys(benches).join(' | ')}: received ${name}`);
  process.exit(1);
}
try {
  await (await bench())(args);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
