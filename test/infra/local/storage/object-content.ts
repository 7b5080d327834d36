/** About 200 KB that begin with the generation's number, and end where they should. */
export function objectContent(generation: number): string {
  return `${generation} ${`${generation},`.repeat(30_000)} end`;
}
