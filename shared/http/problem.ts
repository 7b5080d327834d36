import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** One thing wrong with a request: where it stands, and why it is refused. */
export interface ProblemField {
  /** Name of a query or path parameter, or a dotted path into the body (`items.0.quantity`). */
  field: string;
  reason: string;
}

interface Problem {
  /** HTTP status of the response, repeated in the document as RFC 9457 asks. */
  status: number;
  /** The same short sentence for every problem of this kind. */
  title: string;
  /** What was wrong this time, and what the caller can do about it. */
  detail?: string;
  /** Every wrong field of the request, not only the first. */
  errors?: readonly ProblemField[];
  /** The path that was asked for. */
  instance?: string;
}

/**
 * A problem document (RFC 9457) as the response of an HTTP API with payload format 2.0.
 *
 * The `type` is left out, which means `about:blank`: the status says what kind of problem it is.
 * Members that are not given are absent from the document.
 *
 * @example
 * problem({ status: 404, title: 'No such product', instance: '/products/7' })
 */
export function problem(document: Problem): APIGatewayProxyStructuredResultV2 {
  const { status, title, detail, errors, instance } = document;
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: JSON.stringify({ status, title, detail, errors, instance }),
  };
}
