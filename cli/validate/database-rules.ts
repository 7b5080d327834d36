import { capturedTables } from '../../shared/shop/captured-tables.ts';
import { saleLimits } from '../../shared/shop/sale-rules.ts';

/** What must hold in the shop's tables: `broken` selects, as `row`, what does not keep it. */
export interface DatabaseRule {
  readonly name: string;
  readonly broken: string;
}

/** The table a column points at, by its name: also where no constraint says so. */
const references: Readonly<Record<string, string>> = {
  cart_id: 'carts',
  category_id: 'categories',
  customer_id: 'customers',
  order_id: 'orders',
  order_item_id: 'order_items',
  parent_id: 'categories',
  payment_id: 'payments',
  product_id: 'products',
  seller_id: 'sellers',
  shipment_id: 'shipments',
};

const orphans = capturedTables.flatMap(({ name: table, columns }) =>
  columns.flatMap((column) => {
    const target = references[column];
    if (target === undefined) return [];
    return `select '${table} ' || t.id || ': ${column} ' || t.${column} as row from ${table} t
      where t.${column} is not null and not exists (select from ${target} r where r.id = t.${column})`;
  }),
);

/** History that was imported has orders alone: no payments, no shipments, and its own amounts. */
const isOurs = `coalesce(o.idempotency_key, '') not like 'import|%'`;
const { valueCentsMin, valueCentsMax, quantityMax } = saleLimits;

export const databaseRules: readonly DatabaseRule[] = [
  { name: 'every reference leads to a row', broken: orphans.join(' union all ') },
  {
    name: 'an order is worth its lines',
    broken: `select 'order ' || o.id || ': total ' || o.total || ', lines ' || coalesce(i.worth, 0)
      as row from orders o left join (
        select order_id, sum(quantity * unit_price) as worth from order_items group by order_id
      ) i on i.order_id = o.id where o.total <> coalesce(i.worth, 0)`,
  },
  {
    name: 'a line agrees with its order',
    broken: `select 'order item ' || i.id as row from order_items i join orders o on o.id = i.order_id
      where (i.customer_id, i.ordered_at, i.channel, i.is_backfill)
        is distinct from (o.customer_id, o.ordered_at, o.channel, o.is_backfill)`,
  },
  {
    name: 'a payment and a review carry what their order carries',
    broken: `select 'payment ' || p.id as row from payments p join orders o on o.id = p.order_id
        where (p.customer_id, p.customer_since, p.customer_hash, p.email_hash, p.device_id,
            p.shipping_address_hash, p.ip_hash, p.shipping_country, p.order_total, p.ordered_at)
          is distinct from (o.customer_id, o.customer_since, o.customer_hash, o.email_hash,
            o.device_id, o.shipping_address_hash, o.ip_hash, o.shipping_country, o.total,
            o.ordered_at)
      union all select 'review ' || r.id from order_reviews r join orders o on o.id = r.order_id
        where (r.customer_id, r.customer_hash, r.email_hash, r.device_id, r.shipping_address_hash,
            r.ip_hash, r.order_total, r.ordered_at)
          is distinct from (o.customer_id, o.customer_hash, o.email_hash, o.device_id,
            o.shipping_address_hash, o.ip_hash, o.total, o.ordered_at)`,
  },
  {
    name: 'sales keep their limits, or are flagged',
    broken: `select 'order ' || o.id || ': ' || o.total as row from orders o
      where (exists (select from order_items i where i.order_id = o.id
            and i.quantity not between 1 and ${quantityMax})
          or (o.total * 100 not between ${valueCentsMin} and ${valueCentsMax}
            and exists (select from order_items i where i.order_id = o.id)))
        and not exists (select from private.import_findings f where f.order_id = o.id)`,
  },
  {
    name: 'stock is never below zero',
    broken: `select 'product ' || id || ': ' || stock as row from products where stock < 0`,
  },
  {
    name: 'what was sent or completed was paid',
    broken: `select 'order ' || o.id || ': ' || o.status as row from orders o
      where o.status in ('paid', 'shipped', 'delivered', 'completed') and ${isOurs}
        and not exists (select from payments p
          where p.order_id = o.id and p.status in ('approved', 'refunded'))`,
  },
  {
    name: 'what was paid is not pending or expired',
    broken: `select 'order ' || o.id || ': ' || o.status as row from orders o
      where o.status in ('pending', 'expired')
        and exists (select from payments p where p.order_id = o.id and p.status = 'approved')`,
  },
  {
    name: 'an order is paid once, with its total',
    broken: `select 'order ' || o.id || ': paid ' || sum(p.amount) || ' of ' || o.total as row
      from orders o join payments p on p.order_id = o.id
      where p.status in ('approved', 'refunded') and ${isOurs}
      group by o.id, o.total having count(*) > 1 or sum(p.amount) <> o.total`,
  },
  {
    name: 'what was shipped has left, what was delivered has arrived',
    broken: `select 'order ' || o.id || ': ' || o.status as row from orders o
      where ${isOurs} and (
        (o.status = 'shipped' and not exists (select from shipments s
          where s.order_id = o.id and s.shipped_at is not null))
        or (o.status = 'delivered' and not exists (select from shipments s
          where s.order_id = o.id and s.delivered_at is not null)))`,
  },
  {
    name: 'what was cancelled or expired was taken back',
    broken: `select 'order ' || o.id || ': ' || o.status as row from orders o
      where o.status in ('cancelled', 'expired') and not exists (
        select from order_adjustments a where a.order_id = o.id and a.kind =
          case o.status when 'cancelled' then 'cancellation' else 'expiry' end)`,
  },
  {
    name: 'no more is given back than an order was worth',
    broken: `select 'order ' || o.id || ': ' || sum(a.amount) || ' of ' || o.total as row
      from orders o join order_adjustments a on a.order_id = o.id
      where ${isOurs} group by o.id, o.total having sum(a.amount) > o.total`,
  },
  {
    name: 'a line given back is a line of its order',
    broken: `select 'adjustment ' || a.id as row from order_adjustments a
      join order_items i on i.id = a.order_item_id where i.order_id <> a.order_id`,
  },
  {
    name: 'things happen in their order',
    broken: `select 'payment ' || p.id as row from payments p join orders o on o.id = p.order_id
        where p.paid_at < o.ordered_at or p.attempted_at < o.ordered_at
      union all select 'shipment ' || s.id from shipments s join orders o on o.id = s.order_id
        where s.shipped_at < o.ordered_at or s.delivered_at < s.shipped_at
      union all select 'adjustment ' || a.id from order_adjustments a join orders o
        on o.id = a.order_id where a.occurred_at < o.ordered_at
      union all select 'review ' || r.id from order_reviews r join orders o on o.id = r.order_id
        where r.reviewed_at < o.ordered_at`,
  },
];

/** Of every column with an instant: none lies in the future, nor before what the lake can file. */
export function instantRule(columns: readonly { table: string; column: string }[]): DatabaseRule {
  const parts = columns.map(
    ({ table, column }) =>
      `select '${table}.${column}: ' || ${column} as row from ${table}
       where ${column} > now() + interval '1 minute' or ${column} < '2000-01-01Z'`,
  );
  return { name: 'instants lie between 2000 and now', broken: parts.join(' union all ') };
}
