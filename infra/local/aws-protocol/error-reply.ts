import type { AwsError, AwsReply } from '../service.ts';

/** How a request is written decides how its error must be. */
type Protocol = 'json' | 's3' | 'query';

/** The request's traits that tell its protocol. */
export interface RequestTraits {
  readonly service: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Renders an error as the client of that protocol reads it. */
export function errorReply(error: AwsError, request: RequestTraits, requestId: string): AwsReply {
  const protocol = protocolOf(request);
  if (protocol !== 'json') return xmlReply(error, protocol, requestId);
  return {
    status: error.status,
    headers: {
      'content-type': jsonType(request.headers['content-type']),
      'x-amzn-errortype': error.code,
    },
    body: JSON.stringify({ __type: error.code, message: error.message }),
  };
}

function protocolOf({ service, headers }: RequestTraits): Protocol {
  if (headers['x-amz-target'] !== undefined) return 'json';
  if (service === 's3') return 's3';
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  return isForm ? 'query' : 'json';
}

function jsonType(requested: string | undefined): string {
  return requested?.startsWith('application/x-amz-json-') ? requested : 'application/json';
}

function xmlReply(error: AwsError, protocol: 's3' | 'query', requestId: string): AwsReply {
  const code = `<Code>${escapeXml(error.code)}</Code>`;
  const message = `<Message>${escapeXml(error.message)}</Message>`;
  const id = `<RequestId>${requestId}</RequestId>`;
  const type = `<Type>${error.status < 500 ? 'Sender' : 'Receiver'}</Type>`;
  const document =
    protocol === 's3'
      ? `<Error>${code}${message}${id}</Error>`
      : `<ErrorResponse><Error>${type}${code}${message}</Error>${id}</ErrorResponse>`;
  return {
    status: error.status,
    headers: { 'content-type': protocol === 's3' ? 'application/xml' : 'text/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${document}`,
  };
}

const xmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => xmlEntities[character] ?? character);
}
