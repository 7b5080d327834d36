/** Measures the work of this process, which is PostgreSQL's client, the cloud and the load. */
export function cpuMeter() {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return {
      cpuCores: Math.round((user + system) / 10 / (performance.now() - startedMs)) / 100,
      rssMb: Math.round(process.memoryUsage.rss() / 1e6),
    };
  };
}
