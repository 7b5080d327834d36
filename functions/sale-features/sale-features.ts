import { shopFacts } from '../../shared/changes/shop-facts.ts';
import type { Settings } from '../../shared/config/settings.ts';
import { clicks } from '../../shared/events/click-source.ts';
import type { FeatureEvent } from '../../shared/features/feature.ts';
import { saleEvents, shoppingClicks } from '../../shared/sales/events.ts';
import { saleJob } from '../../shared/sales/sale-job.ts';
import type { SaleState } from '../../shared/sales/sale-state.ts';
import { saleKeys, takeSale } from '../../shared/sales/take-sale.ts';
import { multiKeyedJob } from '../../shared/stream/job.ts';
import type { Decoded, Source } from '../../shared/stream/source.ts';

/** What is known of each line of an order as it is sold: features for models. */
export function saleFeaturesJob(settings: Settings) {
  const sources = [
    seen(shopFacts(['order', 'orderItem'], settings.changeTickSettleMs)),
    seen(clicks(shoppingClicks)),
  ];
  return multiKeyedJob<FeatureEvent, SaleState>(sources, {
    ...saleJob,
    eventTimeMs: ({ atMs }) => atMs,
    watermarkDelayMs: settings.orderWatermarkDelayMs,
    allowedLatenessMs: settings.orderAllowedLatenessMs,
    maxFutureMs: settings.maxFutureMs,
    keys: saleKeys,
    evaluate: (event, known) => {
      const { states, sale } = takeSale(event, known);
      if (!sale) return { states, emissions: [] };
      const { itemId } = sale;
      const id = `sale-features|${itemId}`;
      const told = { id, type: 'sale-features', revision: 1, entity: itemId, data: sale };
      return { states, emissions: [told] };
    },
  });
}

/** A source as features see its events. */
function seen<Fact extends Parameters<typeof saleEvents>[0]>(
  source: Source<Fact>,
): Source<FeatureEvent> {
  return { ...source, decode: (records) => source.decode(records).map(seenEvent) };
}

function seenEvent(decoded: Decoded<Parameters<typeof saleEvents>[0]>): Decoded<FeatureEvent> {
  if (decoded.kind !== 'event') return decoded;
  const event = saleEvents(decoded.event);
  return event === undefined ? { kind: 'ignored' } : { ...decoded, event };
}
