import { dynamodbFeatures } from '../../../contract/dynamodb-features.ts';
import { playedDynamo } from './played-dynamo.ts';

dynamodbFeatures('the local cloud', () => playedDynamo());
