/** A version cannot be served as the registry has it. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
}
