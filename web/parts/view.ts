import type { LiveDocument } from '../../shared/events/live.ts';
import type { Formats } from '../format.ts';
import type { ShopNames } from '../shop-names.ts';

/** What a part draws from. */
export interface View {
  readonly document: LiveDocument;
  /** The server's clock, so that a wrong clock of this device ages nothing. */
  readonly serverNowMs: number;
  readonly format: Formats;
  readonly names: ShopNames;
}

/** A part of the page; called with every change and once a second. */
export type Part = (view: View) => void;
