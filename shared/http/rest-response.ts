import type { APIGatewayProxyResult, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** The answer to an HTTP API (payload format 2.0) as a REST API takes it (format 1.0). */
export function restResponse(response: APIGatewayProxyStructuredResultV2): APIGatewayProxyResult {
  const { statusCode = 200, headers, cookies, body = '', isBase64Encoded = false } = response;
  return {
    statusCode,
    body,
    isBase64Encoded,
    ...(headers !== undefined && { headers }),
    ...(cookies !== undefined && { multiValueHeaders: { 'set-cookie': [...cookies] } }),
  };
}
