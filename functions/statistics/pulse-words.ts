import type { SalesPulseData } from '../../shared/events/sales-pulse.ts';
import { amountText } from '../../shared/fraud/amount-text.ts';
import { stretchWords } from './stretch-words.ts';

type Judged = Omit<SalesPulseData, 'insight'>;
type Gate = SalesPulseData['gates'][number];

/**
 * What a window means, in words.
 *
 * @param isMore whether sales grew by as much as a spike must.
 */
export function pulseWords(pulse: Judged, windowMs: number, isMore: boolean): string {
  const { sales, before, gates } = pulse;
  const stretch = stretchWords(windowMs);
  const compared = `${comparedWords(pulse)} than in the ${stretch} before (${before.sales})`;
  if (sales === 0) return `No sales in ${stretch}, after ${before.sales} in the ${stretch} before`;
  const failed = gates.filter(({ passed }) => !passed);
  if (failed.length > 0) {
    return `${salesWords(sales)} in ${stretch}, not judged: ${failed.map(gateWords).join(', ')}`;
  }
  if (before.sales === 0 || pulse.pValue === null) {
    return `${salesWords(sales)} in ${stretch} after ${stretch} without any: nothing to compare with`;
  }
  if (pulse.isSpike) {
    return `Sales leap: ${sales} in ${stretch}, ${compared}; ${chanceWords(pulse.pValue)}`;
  }
  const why = isMore ? `, which may be chance (p = ${pulse.pValue.toPrecision(2)})` : '';
  return `${salesWords(sales)} in ${stretch}, ${compared}${why}`;
}

/** How often chance alone brings so many orders. */
function chanceWords(pValue: number): string {
  if (pValue < 1e-6) return 'chance brings so many orders less than once in a million such windows';
  const times = Number((1 / pValue).toPrecision(2)).toLocaleString('en-US');
  return `chance brings so many orders once in ${times} such windows`;
}

function salesWords(sales: number): string {
  return sales === 1 ? '1 sale' : `${sales} sales`;
}

function comparedWords({ growthPercent }: Judged): string {
  if (growthPercent === null || growthPercent === 0) return 'no more';
  return growthPercent > 0 ? `${growthPercent} % more` : `${-growthPercent} % fewer`;
}

function gateWords({ name, value, limit }: Gate): string {
  switch (name) {
    case 'revenue':
      return `revenue ${amountText(value)} of at least ${amountText(limit)}`;
    case 'timestamps':
      return `${value} % of at least ${limit} % sound timestamps`;
    default:
      return `${value} of at least ${limit} ${name}`;
  }
}
