/** How a client reaches the shop's database; fits the options of `Client` and `Pool` of `pg`. */
export interface DatabaseConnection {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}
