import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Answer, type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import { openApiEndpoint } from '../../../shared/api/openapi-endpoint.ts';
import { pageHeaders } from '../../../shared/http/page-headers.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import { elsewhere } from '../elsewhere.ts';
import { adjustment, refund } from '../schemas/adjustment.ts';
import { cart, cartSummary } from '../schemas/cart.ts';
import { category } from '../schemas/category.ts';
import { customer, wishlistEntry } from '../schemas/customer.ts';
import { order, orderSummary, payment } from '../schemas/order.ts';
import { orderItem } from '../schemas/order-item.ts';
import { product } from '../schemas/product.ts';
import { seller } from '../schemas/seller.ts';
import { shipment } from '../schemas/shipment.ts';

const named = {
  Product: product,
  Category: category,
  Seller: seller,
  Customer: customer,
  WishlistEntry: wishlistEntry,
  Cart: cart,
  CartSummary: cartSummary,
  Order: order,
  OrderSummary: orderSummary,
  OrderItem: orderItem,
  Payment: payment,
  Shipment: shipment,
  Adjustment: adjustment,
  Refund: refund,
};

/** Everything comes from here; the page's own styles are inline, and its icons are data. */
const htmlHeaders = {
  ...pageHeaders({ styles: "'unsafe-inline'", images: 'data:' }),
  'content-type': 'text/html; charset=utf-8',
};

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Shop API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="docs"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

/** Two functions answer at one address; a person sees one API, with one place for a token. */
const start = `const read = async (url) => (await fetch(url)).json();
const documents = ['openapi.json', 'insights/openapi.json'];
Promise.all(documents.map(read)).then(([shop, insights]) => {
  const schemas = { ...insights.components.schemas, ...shop.components.schemas };
  SwaggerUIBundle({
    spec: {
      ...shop,
      paths: { ...shop.paths, ...insights.paths },
      components: { ...shop.components, schemas },
    },
    dom_id: '#docs',
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: true,
  });
});
`;

const packaged = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
]);

/**
 * The OpenAPI document of the endpoints, and the page that lets a person try them and those of the
 * insights API.
 *
 * @param assets folder with the files of swagger-ui, beside the bundle.
 */
export function docsRoutes(endpoints: readonly Endpoint[], assets: URL): readonly Endpoint[] {
  async function file(name: string): Promise<Answer> {
    if (name === 'start.js') return text(start, 'text/javascript; charset=utf-8');
    const contentType = packaged.get(name);
    if (contentType === undefined) throw new Refusal(404, 'The documentation has no such file');
    return text(await readFile(new URL(name, assets), 'utf8'), contentType);
  }

  return [
    openApiEndpoint('/openapi.json', [...endpoints, ...elsewhere], {
      title: 'Shop API',
      description: 'Money is decimal text.',
      named,
    }),
    endpoint({
      method: 'GET',
      path: '/docs',
      tag: 'service',
      summary: 'This documentation as a page',
      access: 'anyone',
      request: z.object({}),
      answers: { 200: { description: 'HTML.' } },
      // The page names its files relative to itself, so it has one address: without a slash.
      handle: (_request, { event }) =>
        event.rawPath.endsWith('/')
          ? { status: 308, headers: { location: '../docs' } }
          : { status: 200, headers: htmlHeaders, body: page },
    }),
    endpoint({
      method: 'GET',
      path: '/docs/{file}',
      tag: 'service',
      summary: 'A file of the documentation',
      access: 'anyone',
      request: z.object({ params: z.object({ file: z.string() }) }),
      answers: { 200: { description: 'Script or style sheet.' } },
      problems: { 404: 'No such file.' },
      handle: ({ params }) => file(params.file),
    }),
  ];
}

function text(body: string, contentType: string): Answer {
  const headers = {
    'content-type': contentType,
    'cache-control': 'public, max-age=3600',
  };
  return { status: 200, headers, body };
}
