import type { ProblemField } from '../../shared/http/problem.ts';

export interface RefusalDetails {
  detail?: string;
  errors?: readonly ProblemField[];
  headers?: Readonly<Record<string, string>>;
}

/** Thrown where a request cannot be served and the caller is to know why; becomes a problem document. */
export class Refusal extends Error {
  readonly status: number;
  readonly details: RefusalDetails;

  constructor(status: number, title: string, details: RefusalDetails = {}) {
    super(title);
    this.name = 'Refusal';
    this.status = status;
    this.details = details;
  }
}

/** A reference in the body that leads nowhere. */
export function unknownReference(field: string, reason: string): Refusal {
  return new Refusal(422, 'The request names something that does not exist', {
    errors: [{ field, reason }],
  });
}
