import type { ClickEvent } from '../../../shared/events/click.ts';
import type { ImportField } from '../column-map.ts';
import type { ToInstant } from '../instant.ts';

/** A product as a file tells of it. */
export interface FileProduct {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly seller: string;
  /** Two letters; ZZ where it is not known. */
  readonly sellerCountry: string;
  readonly brand: string;
}

/** One line of a sale, or of what was given back: then its value is negative. */
export interface FileSale {
  /** What the file calls the order. */
  readonly order: string;
  readonly atMs: number;
  /** Undefined where the file does not know who it was. */
  readonly customer: string | undefined;
  /** As the file has it; undefined where it tells of none. */
  readonly country: string | undefined;
  readonly product: FileProduct;
  readonly quantity: number;
  /** Undefined where the file has no prices. */
  readonly priceCents: number | undefined;
  readonly channel: string;
  /** The file says that the order is the cancellation of another. */
  readonly isCancellation: boolean;
  /** What was changed to make the line fit, by field. */
  readonly changed: Readonly<Record<string, string>>;
}

/** One click. */
export interface FileClick {
  readonly type: ClickEvent['type'];
  readonly atMs: number;
  readonly session: string;
  readonly user: string | undefined;
  /** Undefined only for a browse. */
  readonly product: FileProduct | undefined;
  /** What the product costs, where the file says it. */
  readonly priceCents: number | undefined;
  readonly category: string | undefined;
  readonly consent: ClickEvent['consent'];
}

/** A line of a file: text of each field, without blanks around it, empty where there is none. */
export type Row = (field: string) => string;

/** How a data set writes what happened: pure, line by line. */
export interface EventFormat {
  readonly name: string;
  /** Its columns; the first ones, in this order, where the file has no line of names. */
  readonly fields: readonly ImportField[];
  /** Whether files of this format come without a line of names. */
  readonly maybeNameless?: boolean;
  /**
   * @returns undefined for a line that tells of something else.
   * @throws LineFault for one that tells of a sale, but of none that could be.
   */
  readonly sale?: (row: Row, toInstant: ToInstant) => FileSale | undefined;
  /** The same for clicks. */
  readonly click?: (row: Row, toInstant: ToInstant) => FileClick | undefined;
}
