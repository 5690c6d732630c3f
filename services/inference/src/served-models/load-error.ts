/** A version cannot be served as registered. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
}
