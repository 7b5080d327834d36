import type { LiveDocument } from '../../shared/events/live.ts';
import { liveSections } from '../../shared/events/live.ts';
import { liveSchemaVersion } from '../../shared/events/live-schema-version.ts';
import type { SectionItem } from './results-table.ts';

/**
 * Assembles the live document from the sections the jobs have written. Sections of later versions
 * are left out: a page of this version would not know them.
 *
 * @throws Error that names the section whose data cannot be read.
 */
export function assembleLive(items: readonly SectionItem[], currency: string): LiveDocument {
  const document: LiveDocument = {
    schemaVersion: liveSchemaVersion,
    currency,
    revenue: null,
    longerRevenue: [],
    topProducts: [],
    salesPulse: null,
    productInterest: null,
    funnel: null,
    abandonedCarts: null,
    mostViewed: null,
    orders: null,
    alerts: null,
    health: [],
  };
  for (const item of items) {
    const [section = ''] = item.sk.split('#');
    if (Object.hasOwn(places, section)) places[section]?.(document, item);
  }
  document.longerRevenue.sort(bySize);
  document.topProducts.sort(bySize);
  return document;
}

const places: Readonly<Record<string, (document: LiveDocument, item: SectionItem) => void>> = {
  revenue(document, item) {
    const revenue = aged(item, liveSections.revenue);
    if (item.sk === 'revenue') document.revenue = revenue;
    else document.longerRevenue.push(revenue);
  },
  'top-products': (document, item) =>
    void document.topProducts.push(aged(item, liveSections['top-products'])),
  'sales-pulse'(document, item) {
    document.salesPulse = aged(item, liveSections['sales-pulse']);
  },
  'product-interest'(document, item) {
    document.productInterest = aged(item, liveSections['product-interest']);
  },
  funnel(document, item) {
    document.funnel = aged(item, liveSections.funnel);
  },
  'abandoned-carts'(document, item) {
    document.abandonedCarts = aged(item, liveSections['abandoned-carts']);
  },
  'most-viewed'(document, item) {
    document.mostViewed = aged(item, liveSections['most-viewed']);
  },
  orders(document, item) {
    document.orders = aged(item, liveSections.orders);
  },
  alerts(document, item) {
    document.alerts = aged(item, liveSections.alerts);
  },
  health: (document, item) => void document.health.push(read(item, liveSections.health)),
};

type Read<Section> = { parse(value: unknown): Section };

function bySize(one: { readonly windowMs: number }, other: { readonly windowMs: number }): number {
  return one.windowMs - other.windowMs;
}

function aged<Section>(item: SectionItem, schema: Read<Section>) {
  return { ...read(item, schema), updatedAtMs: item.updatedAt };
}

function read<Section>(item: SectionItem, schema: Read<Section>): Section {
  try {
    return schema.parse(JSON.parse(item.data));
  } catch (cause) {
    throw new Error(`Cannot read live section ${item.sk}: its data is malformed`, { cause });
  }
}
