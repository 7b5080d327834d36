import { type JobHealth, type LiveDocument, liveSections } from '../../shared/events/live.ts';
import { liveSchemaVersion } from '../../shared/events/live-schema-version.ts';
import type { SectionItem } from './results-table.ts';

const healthPrefix = 'health#';

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
    mostViewed: null,
    orders: null,
    alerts: null,
    health: [],
  };
  for (const item of items) {
    const updatedAtMs = item.updatedAt;
    if (item.sk === 'revenue') {
      document.revenue = { ...read(item, liveSections.revenue), updatedAtMs };
    } else if (item.sk === 'most-viewed') {
      document.mostViewed = { ...read(item, liveSections['most-viewed']), updatedAtMs };
    } else if (item.sk === 'orders') {
      document.orders = { ...read(item, liveSections.orders), updatedAtMs };
    } else if (item.sk === 'alerts') {
      document.alerts = { ...read(item, liveSections.alerts), updatedAtMs };
    } else if (item.sk.startsWith(healthPrefix)) {
      document.health.push(read<JobHealth>(item, liveSections.health));
    }
  }
  return document;
}

function read<Section>(item: SectionItem, schema: { parse(value: unknown): Section }): Section {
  try {
    return schema.parse(JSON.parse(item.data));
  } catch (cause) {
    throw new Error(`Cannot read live section ${item.sk}: its data is malformed`, { cause });
  }
}
