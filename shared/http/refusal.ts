import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type ProblemField, problem } from './problem.ts';

interface RefusalDetails {
  detail?: string;
  errors?: readonly ProblemField[];
  headers?: Readonly<Record<string, string>>;
}

/** Thrown where a request cannot be served and the caller is to know why. */
export class Refusal extends Error {
  readonly status: number;
  readonly details: RefusalDetails;

  /** @param title the same short sentence for every refusal of this kind. */
  constructor(status: number, title: string, details: RefusalDetails = {}) {
    super(title);
    this.name = 'Refusal';
    this.status = status;
    this.details = details;
  }
}

/** The problem document of a refusal, with its headers. */
export function refusalResponse(
  { status, message, details }: Refusal,
  event: APIGatewayProxyEventV2,
): APIGatewayProxyStructuredResultV2 {
  const { headers, ...rest } = details;
  const document = problem({ status, title: message, ...rest, instance: event.rawPath });
  return { ...document, headers: { ...document.headers, ...headers } };
}
