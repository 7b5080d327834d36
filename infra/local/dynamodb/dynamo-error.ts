import { z } from 'zod';
import { AwsError } from '../service.ts';

/** An error of DynamoDB with the fields some carry beside the message (`CancellationReasons`, `Item`). */
export class DynamoError extends AwsError {
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(code, message);
    this.fields = fields;
  }
}

export function validationError(message: string): DynamoError {
  return new DynamoError('ValidationException', message);
}

/** How dynalite marks the errors a caller should see. */
const dynaliteErrorSchema = z.object({
  statusCode: z.number(),
  body: z.object({
    __type: z.string(),
    message: z.string().optional(),
    Message: z.string().optional(),
  }),
});

/** The error as DynamoDB reports it, or undefined for a fault of this program. */
export function toDynamoError(error: unknown): DynamoError | undefined {
  if (error instanceof DynamoError) return error;
  const parsed = dynaliteErrorSchema.safeParse(error);
  if (!parsed.success) return undefined;
  const { __type, message, Message } = parsed.data.body;
  return new DynamoError(__type.slice(__type.indexOf('#') + 1), message ?? Message ?? '');
}
