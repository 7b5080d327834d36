import type { Settings } from '../../config/settings.ts';
import { atLeast, fraudRule } from '../rule.ts';

/** Several accounts order from one device, more than a household has. */
export function sharedDevice(settings: Settings) {
  return fraudRule({
    name: 'shared-device',
    version: 1,
    severity: 'warning',
    mode: 'live',
    on: ['order'],
    title: 'Device of several accounts',
    entity: 'device',
    windowMs: 24 * 3_600_000,
    reads: ['device_customers_30d'],
    parameters: { customersMin: settings.sharedDeviceCustomersMin },
    when: ({ device_customers_30d: customers }, _, { customersMin }) =>
      atLeast(customers, customersMin),
    reason: ({ device_customers_30d: customers }, { entities }) =>
      `${customers} customers ordered from the device of order ${entities['order']} in 30 days`,
  });
}
