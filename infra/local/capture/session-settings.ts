import type { DatabaseConnection } from '../database/connection.ts';

/**
 * Connection options under which PostgreSQL prints values in one form, whatever its configuration
 * says: the load and the log must give the same text for the same row.
 */
export function asPrinted(connection: DatabaseConnection, applicationName: string) {
  return {
    ...connection,
    application_name: applicationName,
    options: [
      'timezone=UTC',
      'datestyle=ISO',
      'intervalstyle=postgres',
      'bytea_output=hex',
      'extra_float_digits=1',
      'statement_timeout=0',
    ]
      .map((setting) => `-c ${setting}`)
      .join(' '),
    /** Values stay text. */
    types: { getTypeParser: () => (value: string) => value },
  };
}
