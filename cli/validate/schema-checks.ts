import { eventSchemas } from '../../shared/events/event-schemas.ts';
import { type Check, counted, fault, ok } from './check.ts';
import { checkPublishedSchemas } from './published-schemas.ts';

/** That the published schemas of events are those the code parses with, and keep their rules. */
export function schemaChecks(): readonly Check[] {
  return [
    {
      area: 'schemas',
      name: 'every event is published as it is',
      async run() {
        const { faults } = await checkPublishedSchemas({ write: false });
        const count = counted(eventSchemas.length, 'schema');
        return faults.length === 0 ? ok(count) : fault(counted(faults.length, 'file'), faults);
      },
    },
  ];
}
