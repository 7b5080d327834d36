import type { EventFormat } from './event-format.ts';
import { genericClicks, genericOrders } from './generic.ts';
import { rees46 } from './rees46.ts';
import { retailRocket } from './retail-rocket.ts';
import { taobao } from './taobao.ts';
import { uciOnlineRetail } from './uci-online-retail.ts';

/** What `--format` takes, by what the file tells of. */
export const formats = {
  orders: [uciOnlineRetail, retailRocket, rees46, taobao, genericOrders],
  clicks: [retailRocket, rees46, taobao, genericClicks],
} as const satisfies Readonly<Record<string, readonly EventFormat[]>>;
