/**
 * Where Athena finds the lake of a stage.
 *
 * @returns names of the workgroup and of the Glue database; that of `dev` has no suffix.
 */
export function lakeOfStage(stage: string): { workgroup: string; database: string } {
  return {
    workgroup: `${stage}-shop`,
    database: stage === 'dev' ? 'ecommerce' : `ecommerce_${stage}`,
  };
}
