/**
 * Amazon's certificate authorities, RDS's among them, which Node.js does not bring:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html#nodejs-certificate-loading
 */
export const amazonAuthorities = '/var/runtime/ca-cert.pem';
