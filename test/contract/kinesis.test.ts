import { it } from 'vitest';
import { kinesisFeatures } from './kinesis-features.ts';
import { motoVersion, startKinesalite, startMoto } from './kinesis-oracles.ts';

/** The same suite holds for the local cloud in `test/infra/local/kinesis/features.test.ts`. */
kinesisFeatures('kinesalite', startKinesalite);

if (motoVersion === undefined) {
  console.warn('Skipped: moto needs Python 3 with the library installed');
  it.skip('Kinesis features of moto: needs Python 3 with moto');
} else {
  kinesisFeatures(`moto ${motoVersion}`, startMoto, [
    'checks few arguments',
    'moves records when shards change',
    'leaves gaps between shards',
    'lists every shard',
  ]);
}
