/** The API shows its figures only to who has a token, and has none that it accepts. */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';
}

/**
 * Why an answer shows nothing to its caller, as its problem document says it.
 *
 * @returns undefined for an answer that is no such refusal: a front of its own kind may stand between.
 */
export async function tokenRefusal(response: Response): Promise<TokenRefusal | undefined> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  if (isProblem !== true || (response.status !== 401 && response.status !== 403)) return undefined;
  const problem: { readonly title?: string; readonly detail?: string } = await response.json();
  const { title = 'A token is needed', detail = '' } = problem;
  const why = detail.replace(/^./, (letter) => letter.toLowerCase());
  return new TokenRefusal(why === '' ? `${title}.` : `${title}: ${why}`);
}
