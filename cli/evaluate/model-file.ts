import { readFile } from 'node:fs/promises';
import { type DecisionThresholds, readThresholds } from '../../shared/model/decision-thresholds.ts';
import { readXgboostModel, type TreeEnsemble } from '../../shared/model/tree-ensemble.ts';

export interface ModelFile {
  readonly ensemble: TreeEnsemble;
  readonly thresholds: DecisionThresholds & { readonly review: number };
}

/**
 * @param knownFeatures the names that rows have.
 * @throws Error that says why the file is no model that could be used on them.
 */
export async function modelFile(
  file: string,
  knownFeatures: readonly string[],
): Promise<ModelFile> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`Cannot read model: there is no such file: received "${file}"`, { cause });
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`Cannot read model: it is no JSON: received "${file}"`, { cause });
  }
  const ensemble = readXgboostModel(json, knownFeatures);
  const { review, block } = readThresholds(ensemble);
  if (review === null) {
    throw new Error(
      `Cannot evaluate model: its attribute review_threshold must say from which score on an order is reviewed: received "${file}"`,
    );
  }
  return { ensemble, thresholds: { review, block } };
}
