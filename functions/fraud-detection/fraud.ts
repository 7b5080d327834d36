import { shopFacts } from '../../shared/changes/shop-facts.ts';
import type { Settings } from '../../shared/config/settings.ts';
import { clicks } from '../../shared/events/click-source.ts';
import type { FeatureEvent } from '../../shared/features/feature.ts';
import { fraudEvents } from '../../shared/fraud/events.ts';
import { fraudJob } from '../../shared/fraud/fraud-job.ts';
import type { FraudState } from '../../shared/fraud/fraud-state.ts';
import { judge, judgeKeys } from '../../shared/fraud/judge.ts';
import { shopJudging } from '../../shared/fraud/shop-judging.ts';
import { type Emission, multiKeyedJob } from '../../shared/stream/job.ts';
import type { Decoded, Source } from '../../shared/stream/source.ts';

const factKinds = ['order', 'orderItem', 'payment', 'adjustment', 'review'] as const;
const clickTypes = ['view', 'cart', 'remove', 'wishlist'] as const;

/** Judges orders at the event: alerts, and the case of each order, in the commit of their cause. */
export function fraud(settings: Settings, judging = shopJudging(settings)) {
  const sources = [
    seen(shopFacts(factKinds, settings.changeTickSettleMs)),
    seen(clicks(clickTypes)),
  ];
  return multiKeyedJob<FeatureEvent, FraudState>(sources, {
    ...fraudJob,
    eventTimeMs: ({ atMs }) => atMs,
    watermarkDelayMs: settings.orderWatermarkDelayMs,
    allowedLatenessMs: settings.orderAllowedLatenessMs,
    maxFutureMs: settings.maxFutureMs,
    keys: (event) => judgeKeys(event, judging),
    evaluate: (event, states) => {
      const { states: changed, alerts, case: told } = judge(event, states, judging);
      const emissions: Emission[] = alerts.map(({ id, data }) => ({
        id,
        type: 'alert',
        revision: 1,
        // Alerts about one entity reach their readers in order.
        entity: `${data.entity?.kind}|${data.entity?.id}`,
        data,
      }));
      if (told) {
        const { revision, data } = told;
        const { orderId, customerId } = data;
        const id = `fraud-case|${orderId}`;
        emissions.push({ id, type: 'fraud-case', revision, entity: customerId, data });
      }
      return { states: changed, emissions };
    },
  });
}

/** A source as features and rules see its events. */
function seen<Fact extends Parameters<typeof fraudEvents>[0]>(
  source: Source<Fact>,
): Source<FeatureEvent> {
  return { ...source, decode: (records) => source.decode(records).map(seenEvent) };
}

function seenEvent(decoded: Decoded<Parameters<typeof fraudEvents>[0]>): Decoded<FeatureEvent> {
  if (decoded.kind !== 'event') return decoded;
  const event = fraudEvents(decoded.event);
  return event === undefined ? { kind: 'ignored' } : { ...decoded, event };
}
