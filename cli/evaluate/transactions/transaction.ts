/** A transaction as a labelled file tells of it. */
export interface Transaction {
  readonly id: string;
  readonly atMs: number;
  /** Who and what took part, by kind: customer, terminal, card, … */
  readonly entities: Readonly<Record<string, string>>;
  /** Null where the file has none. */
  readonly amountCents: number | null;
  /** Undefined where nobody has said. */
  readonly fraud: boolean | undefined;
  /** When the label became known, where the file says it; not before the delay is over. */
  readonly labelledAtMs: number | undefined;
  /** What kind of fraud it is, in the file's words. */
  readonly pattern: string | undefined;
}
