import { z } from 'zod';

const refusal = z.object({
  title: z.string(),
  detail: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), reason: z.string() })).optional(),
});

/** What the API says about a request it refused, in a line; its bare answer where that is no JSON. */
export function refusalText(status: number, body: string): string {
  const { data } = refusal.safeParse(jsonOf(body));
  if (data === undefined) return `the shop answered ${status}: ${body.slice(0, 300)}`;
  const faults = data.errors?.map(({ field, reason }) => `${field}: ${reason}`) ?? [];
  const more = [data.detail, ...faults].filter((words) => words !== undefined && words !== '');
  return [data.title, ...more].join('; ');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
