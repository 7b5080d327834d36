/** `high-value-order` as people read it: `High-value order`. */
export function jobName(job: string): string {
  const known: Record<string, string> = {
    revenue: 'Revenue',
    'high-value-order': 'High-value orders',
    'alert-delivery': 'Alert delivery',
  };
  const words = job.replaceAll('-', ' ');
  return known[job] ?? words.charAt(0).toUpperCase() + words.slice(1);
}
