/** A model file that cannot be taken: not this kind of model, or broken. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}
