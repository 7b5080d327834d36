import type { Feature } from '../../features/feature.ts';
import { series } from '../../features/series.ts';

const entity = 'visitor';
const clicks = series({ source: 'click', entity });
const ofType = (type: string) =>
  series({ source: 'click', entity, where: { field: 'type', equals: type } });
const views = ofType('view');

/** What the customer looked at, as far as consent allows to know. */
export const visitorFeatures: readonly Feature[] = [
  ...clicks.count('visitor_clicks', ['10m', '1h', '1d'], 'Clicks of the customer'),
  ...views.count('visitor_views', ['1h', '1d', '7d'], 'Products the customer opened'),
  ...ofType('cart').count('visitor_carts', ['1h', '1d'], 'Products the customer put into the cart'),
  ...ofType('remove').count('visitor_removals', ['1d'], 'Products the customer took out again'),
  ...ofType('wishlist').count('visitor_wishes', ['7d'], 'Products the customer wished for'),
  ...clicks.distinct('visitor_sessions', 'session', ['1d', '7d'], 'Sessions of the customer'),
  ...views.distinct('visitor_categories', 'category', ['1d'], 'Categories the customer looked at'),
  clicks.sinceFirst('visitor_age_hours', 'hour', 'Hours since the customer’s first click'),
  clicks.sinceLast('visitor_last_seconds', 'second', 'Seconds since the customer’s last click'),
];
