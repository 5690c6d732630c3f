import { ModelError, quoted } from '../errors.js';
import type { FileTensor } from './file-schema.js';

/**
 * The names that are defined so far in a graph and those around it, each at most once, with the constants among them.
 * A chain and not a copy: thousands of bodies in a large graph stay cheap.
 */
export class Scope {
  readonly #names = new Map<string, FileTensor | undefined>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  /** Throws ModelError DUPLICATE_VALUE. Sibling bodies may use the same names, as PyTorch's exporter does. */
  define(name: string, constant?: FileTensor): void {
    if (this.has(name)) throw new ModelError('DUPLICATE_VALUE', `${quoted(name)} is defined twice`);
    this.#names.set(name, constant);
  }

  has(name: string): boolean {
    return this.#names.has(name) || (this.#outer?.has(name) ?? false);
  }

  /** The value of a name, if it is a constant. */
  constant(name: string | undefined): FileTensor | undefined {
    if (name === undefined || name === '') return undefined;
    return this.#names.has(name) ? this.#names.get(name) : this.#outer?.constant(name);
  }
}
