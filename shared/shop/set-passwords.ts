import type { SqlConnection } from './sql-connection.ts';

/** The passwords of the shop's two users, from their secrets. */
interface UserPasswords {
  readonly shop_app: string;
  readonly shop_capture: string;
}

/**
 * Gives the shop's users the passwords of their secrets; again after a secret was rotated.
 *
 * @param db the owner's connection, after `migrate`.
 */
export async function setPasswords(db: SqlConnection, passwords: UserPasswords): Promise<void> {
  for (const [user, password] of Object.entries(passwords)) {
    await db.query('select private.set_password($1, $2)', [user, password]);
  }
}
