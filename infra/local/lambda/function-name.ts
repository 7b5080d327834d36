/**
 * The name in a function's ARN, in the ARN of one of its versions or aliases, in an API Gateway
 * integration URI around one, or the bare name itself.
 */
export function functionName(reference: string): string {
  if (/^[\w-]+$/.test(reference)) return reference;
  const name = /:function:([\w-]+)/.exec(reference)?.[1];
  if (name === undefined) {
    throw new Error(`Cannot find function: not a function's name or ARN: received ${reference}`);
  }
  return name;
}
