import type { DType, Tensor } from '@athanor/tensor';
import { ModelError, quoted } from '../errors.js';
import type { Attribute, Attributes, Dim, Graph, Model, Node, ValueInfo } from '../model.js';
import { parseElements, parseFloatText, parseInteger, parseText } from './parse-tensor.js';
import { dtypeNamed } from './syntax.js';
import { type Token, Tokens } from './tokens.js';

const MAX_DEPTH = 64;

/** Reads what `printModel` writes. Throws ModelError. The result is not checked yet (see `checkModel`). */
export function parseModelText(text: string): Model {
  const tokens = new Tokens(text);
  const header = parseHeader(tokens);
  const graph = new GraphParser(tokens).graph(0);
  if (tokens.next.kind !== 'end') throw tokens.unexpected('the end');
  return { ...header, graph };
}

function parseHeader(tokens: Tokens): Omit<Model, 'graph'> {
  const header = { irVersion: 0, opsets: {} as Model['opsets'], producer: '' };
  const fields: Readonly<Record<string, () => void>> = {
    ir_version: () => {
      header.irVersion = Number(parseInteger(tokens));
    },
    opset_import: () => {
      header.opsets = unique(
        tokens,
        'operator sets',
        tokens.list(['[', ']'], () => parseImport(tokens)),
      );
    },
    producer_name: () => {
      header.producer = parseText(tokens);
    },
  };
  tokens.list(['<', '>'], () => {
    const { text } = tokens.next;
    if (!Object.hasOwn(fields, text)) throw tokens.unexpected(`one of ${Object.keys(fields).join(', ')}`);
    tokens.take();
    tokens.expect(':');
    fields[text]!();
  });
  return header;
}

function parseImport(tokens: Tokens): readonly [string, number] {
  const domain = parseText(tokens);
  tokens.expect(':');
  return [domain, Number(parseInteger(tokens))];
}

function unique<T>(
  tokens: Tokens,
  what: string,
  entries: readonly (readonly [string, T])[],
): Readonly<Record<string, T>> {
  return Object.fromEntries(uniqueMap(tokens, what, entries));
}

function uniqueMap<T>(tokens: Tokens, what: string, entries: readonly (readonly [string, T])[]): Map<string, T> {
  const map = new Map(entries);
  if (map.size === entries.length) return map;
  const names = new Set<string>();
  const twice = entries.find(([name]) => names.size === names.add(name).size)?.[0] ?? '';
  const { message } = tokens.error(`two ${what} have the name ${quoted(twice)}`);
  throw new ModelError('DUPLICATE_VALUE', message);
}

class GraphParser {
  readonly #tokens: Tokens;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  graph(depth: number): Graph {
    const tokens = this.#tokens;
    if (depth > MAX_DEPTH) throw new ModelError('TOO_LARGE', `bodies are nested more than ${MAX_DEPTH} deep`);
    const name = this.#name();
    const inputs = tokens.list(['(', ')'], () => this.#valueInfo());
    tokens.expect('=>');
    const outputs = tokens.list(['(', ')'], () => this.#valueInfo());
    const constants = tokens.isMark('<') ? tokens.list(['<', '>'], () => this.#initializer()) : [];
    const initializers = uniqueMap(tokens, 'initializers', constants);
    tokens.expect('{');
    const nodes: Node[] = [];
    while (!tokens.accept('}')) nodes.push(this.#node(depth));
    return { name, inputs, outputs, initializers, nodes };
  }

  #name(): string {
    const { kind } = this.#tokens.next;
    if (kind !== 'name' && kind !== 'string') throw this.#tokens.unexpected('a name');
    return this.#tokens.take().text;
  }

  #valueInfo(): ValueInfo {
    const dtype = primitiveOf(this.#tokens.next);
    if (!dtype) return { name: this.#name() };
    this.#tokens.take();
    if (!this.#tokens.isMark('[')) return { name: this.#name(), dtype, shape: [] };
    const shape = this.#tokens.list(['[', ']'], () => this.#dim());
    const name = this.#name();
    return shape.length > 0 ? { name, dtype, shape } : { name, dtype };
  }

  #dim(): Dim {
    if (this.#tokens.accept('?')) return '';
    return this.#tokens.next.kind === 'number' ? Number(parseInteger(this.#tokens)) : this.#name();
  }

  #initializer(): readonly [string, Tensor] {
    const type = this.#tensorType();
    const name = this.#name();
    this.#tokens.expect('=');
    return [name, parseElements(this.#tokens, type.dtype, type.shape)];
  }

  #tensorType(): { readonly dtype: DType; readonly shape: readonly number[] } {
    const dtype = primitiveOf(this.#tokens.next);
    if (!dtype) throw this.#tokens.unexpected('an element type');
    this.#tokens.take();
    if (!this.#tokens.isMark('[')) return { dtype, shape: [] };
    return { dtype, shape: this.#tokens.list(['[', ']'], () => Number(parseInteger(this.#tokens))) };
  }

  #node(depth: number): Node {
    const tokens = this.#tokens;
    let name = '';
    if (tokens.accept('[')) {
      name = this.#name();
      tokens.expect(']');
    }
    const outputs: string[] = [];
    if (!tokens.isMark('=')) {
      do outputs.push(this.#name());
      while (tokens.accept(','));
    }
    tokens.expect('=');
    const path = [this.#name()];
    while (tokens.accept('.')) path.push(this.#name());
    const op = path.pop()!;
    const before = tokens.isMark('<') ? this.#attributes(depth) : {};
    const inputs = tokens.list(['(', ')'], () => this.#name());
    return { op, domain: path.join('.'), name, inputs, outputs, attributes: before };
  }

  #attributes(depth: number): Attributes {
    const entries = this.#tokens.list(['<', '>'], () => {
      const name = this.#name();
      const kind = this.#tokens.accept(':') ? this.#name() : undefined;
      this.#tokens.expect('=');
      return [name, this.#tokens.isMark('[') ? this.#listAttribute(kind) : this.#attribute(kind, depth)] as const;
    });
    return unique(this.#tokens, 'attributes', entries);
  }

  #attribute(kind: string | undefined, depth: number): Attribute {
    const { next, afterNext } = this.#tokens;
    const isCalled = afterNext.kind === 'mark' && afterNext.text === '(';
    if (isCalled) return { kind: 'graph', value: this.graph(depth + 1) };
    if (primitiveOf(next)) {
      const { dtype, shape } = this.#tensorType();
      return { kind: 'tensor', value: parseElements(this.#tokens, dtype, shape) };
    }
    if (next.kind === 'string') return { kind: 'string', value: parseText(this.#tokens) };
    if (kind === 'float' || isFloatText(next))
      return { kind: 'float', value: Math.fround(parseFloatText(this.#tokens)) };
    return { kind: 'int', value: exact(parseInteger(this.#tokens)) };
  }

  #listAttribute(kind: string | undefined): Attribute {
    const elements = this.#tokens.list(['[', ']'], () => {
      const { next } = this.#tokens;
      if (next.kind === 'string') return { is: 'strings', value: parseText(this.#tokens) };
      if (kind === 'floats' || isFloatText(next)) {
        return { is: 'floats', value: Math.fround(parseFloatText(this.#tokens)) };
      }
      return { is: 'ints', value: exact(parseInteger(this.#tokens)) };
    });
    const is = elements[0]?.is ?? kind;
    if (elements.some(each => each.is !== is)) throw this.#tokens.error('a list has elements of several kinds');
    const value = elements.map(each => each.value);
    if (is === 'ints' || is === 'floats' || is === 'strings') return { kind: is, value } as Attribute;
    throw this.#tokens.error('an empty list needs its kind: ints, floats or strings');
  }
}

function primitiveOf({ kind, text }: Token): DType | undefined {
  return kind === 'name' ? dtypeNamed(text) : undefined;
}

function isFloatText({ kind, text }: Token): boolean {
  return (kind === 'number' && /[.eEn]/.test(text)) || (kind === 'name' && (text === 'nan' || text === 'inf'));
}

/** A number if it is exact, as when a file is read. */
function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
