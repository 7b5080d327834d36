import { z } from 'zod';
import { decisionBases, fraudDecisions, reviewStates } from '../../../shared/shop/fraud-words.ts';
import { orderStatuses, paymentStatuses } from '../../../shared/shop/order-life.ts';
import { paymentMethods } from '../../../shared/shop/payment-methods.ts';
import { adjustment } from './adjustment.ts';
import { country, id, instant, line, money } from './common.ts';
import { shipment } from './shipment.ts';

export const orderHeaders = z.object({
  'idempotency-key': z
    .string('Must be given: any text of your own, new for each order, the same when you repeat')
    .regex(/^[\x21-\x7e]{1,128}$/, 'Must be 1 to 128 visible ASCII characters')
    .refine((key) => !key.startsWith('import|'), 'Must not begin like the key of an import'),
});

export const newOrder = z
  .strictObject({
    cartId: id,
    shippingAddress: line(500),
    shippingCountry: country,
    channel: z.enum(['web', 'mobile', 'marketplace']).default('web'),
    deviceId: line(64).optional(),
  })
  .meta({
    examples: [{ cartId: 1, shippingAddress: 'Rua das Flores 12', shippingCountry: 'BR' }],
  });

const fraud = z
  .object({
    decision: z.enum(fraudDecisions),
    basis: z
      .enum(decisionBases)
      .meta({ description: 'By default: nothing could be asked in time, the shop went on.' }),
    score: z.number().nullable(),
  })
  .nullable()
  .optional()
  .meta({ description: 'What was decided about it at checkout; shoppers are not told.' });

export const payment = z.object({
  id,
  orderId: id,
  method: z.enum(paymentMethods),
  installments: z.int(),
  amount: money,
  status: z.enum(paymentStatuses),
  transactionId: z.string(),
  paidAt: instant.nullable(),
  createdAt: instant,
  fraud,
});

export const order = z.object({
  id,
  customerId: id,
  status: z.enum(orderStatuses),
  review: z
    .enum(reviewStates)
    .nullable()
    .optional()
    .meta({ description: 'Whether it is held for a review; shoppers are not told.' }),
  total: money,
  channel: z.string(),
  shippingCountry: country,
  orderedAt: instant,
  items: z.array(
    z.object({
      id,
      productId: id,
      quantity: z.int(),
      unitPrice: money.meta({ description: 'As sold.' }),
    }),
  ),
  payments: z.array(payment),
  shipments: z.array(shipment),
  adjustments: z.array(adjustment).meta({ description: 'What was given back of it.' }),
});

export const orderSummary = order.pick({
  id: true,
  customerId: true,
  status: true,
  total: true,
  channel: true,
  shippingCountry: true,
  orderedAt: true,
});
