/** `top-products` as people read it: `Top products`. */
export function jobName(job: string): string {
  const words = job.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
