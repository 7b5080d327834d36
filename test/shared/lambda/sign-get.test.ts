import { describe, expect, it } from 'vitest';
import { signGet } from '../../../shared/lambda/sign-get.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const nowMs = Date.UTC(2015, 7, 30, 12, 36, 0);
const region = 'us-east-1';

describe('signGet()', () => {
  it('signs AWS’s own example as AWS does', () => {
    const url = new URL('https://iam.amazonaws.com/?Version=2010-05-08&Action=ListUsers');
    const contentType = 'application/x-www-form-urlencoded; charset=utf-8';
    const headers = { 'content-type': contentType };
    expect(signGet(url, { service: 'iam', region }, credentials, nowMs, headers)).toEqual({
      'content-type': contentType,
      'x-amz-date': '20150830T123600Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    });
  });

  it('signs the session token of temporary credentials, and encodes what a query holds', () => {
    const url = new URL("https://lambda.us-east-1.amazonaws.com/a/?FunctionName=a'b (c)*");
    const temporary = { ...credentials, sessionToken: 'token' };
    const signed = signGet(url, { service: 'lambda', region }, temporary, nowMs);
    expect(signed['x-amz-security-token']).toBe('token');
    expect(signed['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token');
  });
});
