import { z } from 'zod';
import { isCardNumber } from '../../../shared/shop/card-number.ts';
import { saleLimits } from '../../../shared/shop/sale-rules.ts';

const card = z
  .strictObject({
    number: z
      .string()
      .transform((text) => text.replaceAll(/[ -]/g, ''))
      .refine(
        isCardNumber,
        'Must be a card number: 12 to 19 digits, the last of them a check digit',
      ),
    expiryMonth: z.int().min(1, 'Must be 1 to 12').max(12, 'Must be 1 to 12'),
    expiryYear: z.int().min(2000, 'Must be a year of four digits').max(2999),
  })
  .meta({ description: 'Only a keyed hash of the number is kept.' });

const installments = z
  .int()
  .min(1, 'Must be at least 1')
  .max(saleLimits.installmentsMax, `Must be at most ${saleLimits.installmentsMax}`)
  .default(1);

/** By method, so that a card is asked for where one is needed, and instalments where they exist. */
export const newPayment = z
  .discriminatedUnion('method', [
    z.strictObject({ method: z.literal('credit_card'), card, installments }),
    z.strictObject({ method: z.literal('debit_card'), card }),
    z.strictObject({
      method: z.enum(['paypal', 'pix', 'bank_slip', 'digital_wallet', 'cash_on_delivery']),
    }),
  ])
  .meta({
    examples: [
      {
        method: 'credit_card',
        card: { number: '4242 4242 4242 4242', expiryMonth: 12, expiryYear: 2034 },
        installments: 3,
      },
    ],
  });

export type NewPayment = z.output<typeof newPayment>;
