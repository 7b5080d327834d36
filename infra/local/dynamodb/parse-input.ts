import './remember-expressions.ts';
import type { AttributeValue, Expression, Input, Item, Store } from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';
import { validationOf } from './actions.ts';
import { validationError } from './dynamo-error.ts';
import { itemBytes, itemBytesMax } from './item-size.ts';

/** A request checked by DynamoDB's rules, its expressions parsed. */
export function parseInput(
  store: Store,
  operation: keyof typeof validationOf,
  request: object,
): Input {
  const { types, custom } = validationOf[operation];
  const input = validations.checkTypes(request, types);
  validations.checkValidations(input, types, custom, store);
  for (const item of itemsToPut(input)) {
    if (itemBytes(item) > itemBytesMax) {
      throw validationError('Item size has exceeded the maximum allowed size');
    }
  }
  for (const parsed of [input._condition, input._filter]) {
    if (parsed) refuseDocumentComparison(parsed.expression);
  }
  return input;
}

function itemsToPut(input: Input): readonly Item[] {
  if (input.Item) return [input.Item];
  const requests = Object.values(input.RequestItems ?? {}).flat();
  return requests.flatMap(({ PutRequest }) => (PutRequest ? [PutRequest.Item] : []));
}

/**
 * dynalite compares maps and lists by identity, so that such a condition never holds. Refused, for
 * a silent “no” would be worse.
 */
function refuseDocumentComparison(expression: Expression): void {
  if (!('args' in expression) || !Array.isArray(expression.args)) return;
  for (const argument of expression.args) {
    if (isDocument(argument)) {
      throw validationError(
        `Cannot evaluate an expression: the local DynamoDB does not compare maps and lists: received ${JSON.stringify(argument)}`,
      );
    }
    refuseDocumentComparison(argument);
  }
}

function isDocument(argument: Expression): argument is AttributeValue {
  return !Array.isArray(argument) && !('args' in argument) && ('M' in argument || 'L' in argument);
}
