/**
 * Where a statement may hide a semicolon, longest openings first: quoted text (with backslashes in
 * E'…'), quoted names, dollar-quoted bodies, comments.
 * https://www.postgresql.org/docs/17/sql-syntax-lexical.html
 */
const unbroken =
  /\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\/|;/g;

/**
 * Splits a script into its statements, for drivers that take one at a time.
 *
 * Comments stay with the statement they precede; a script may end without a semicolon. Nested block
 * comments and `begin atomic` bodies are not understood: write neither.
 *
 * @returns the statements without their semicolons, trimmed, empty ones left out.
 */
export function splitStatements(script: string): readonly string[] {
  const statements: string[] = [];
  let start = 0;
  for (const { 0: token, index } of script.matchAll(unbroken)) {
    if (token !== ';') continue;
    statements.push(script.slice(start, index));
    start = index + 1;
  }
  statements.push(script.slice(start));
  return statements
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim() !== '');
}
