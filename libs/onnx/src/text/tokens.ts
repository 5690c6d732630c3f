import { ModelError, quoted } from '../errors.js';

export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'mark' | 'end';
  /** Of a string, what it says. */
  readonly text: string;
  readonly at: number;
}

// A name, a number, a mark, or the quote that begins a string; `#` begins a comment.
const TOKEN =
  /(?:\s|#[^\n]*)*(?:([A-Za-z_]\w*)|(-?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|inf))|(=>|[<>(){}[\],:=.?])|("))?/y;

/** The tokens of a text, one ahead of the reader. Throws ModelError MALFORMED with the line and column. */
export class Tokens {
  readonly #source: string;
  #position = 0;
  #next: Token;
  #afterNext: Token | undefined;

  constructor(source: string) {
    this.#source = source;
    this.#next = this.#scan();
  }

  get next(): Token {
    return this.#next;
  }

  get afterNext(): Token {
    this.#afterNext ??= this.#scan();
    return this.#afterNext;
  }

  take(): Token {
    const token = this.#next;
    this.#next = this.#afterNext ?? this.#scan();
    this.#afterNext = undefined;
    return token;
  }

  isMark(text: string): boolean {
    return this.#next.kind === 'mark' && this.#next.text === text;
  }

  /** Takes a mark if it is next. */
  accept(text: string): boolean {
    if (!this.isMark(text)) return false;
    this.take();
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected(`"${text}"`);
  }

  /** A list in marks, with commas. */
  list<T>([open, close]: readonly [string, string], item: () => T): T[] {
    this.expect(open);
    const items: T[] = [];
    if (this.accept(close)) return items;
    do items.push(item());
    while (this.accept(','));
    this.expect(close);
    return items;
  }

  unexpected(expected: string): ModelError {
    const { kind, text, at } = this.#next;
    return this.error(`expected ${expected}, received ${kind === 'end' ? 'the end' : quoted(text)}`, at);
  }

  error(problem: string, at = this.#next.at): ModelError {
    const before = this.#source.slice(0, at).split('\n');
    return new ModelError('MALFORMED', `line ${before.length}, column ${before.at(-1)!.length + 1}: ${problem}`);
  }

  #scan(): Token {
    TOKEN.lastIndex = this.#position;
    const [all = '', name, number, mark, quote] = TOKEN.exec(this.#source) ?? [];
    this.#position += all.length;
    const text = name ?? number ?? mark ?? quote;
    if (text === undefined) {
      if (this.#position === this.#source.length) return { kind: 'end', text: '', at: this.#position };
      throw this.error(`unexpected character ${quoted(this.#source[this.#position]!)}`, this.#position);
    }
    const at = this.#position - text.length;
    if (quote !== undefined) return { kind: 'string', text: this.#string(at), at };
    return { kind: name !== undefined ? 'name' : number !== undefined ? 'number' : 'mark', text, at };
  }

  // Not by a regular expression: the bytes of a weight are longer than one can match.
  #string(at: number): string {
    let end = this.#source.indexOf('"', at + 1);
    while (end > 0 && this.#isEscaped(end)) end = this.#source.indexOf('"', end + 1);
    if (end < 0) throw this.error('a string has no end', at);
    this.#position = end + 1;
    const content = this.#source.slice(at + 1, end);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has no control characters in a string
    if (!/[\\\u0000-\u001f]/.test(content)) return content;
    try {
      return JSON.parse(`"${content}"`) as string;
    } catch {
      throw this.error('a string has an escape or a character that JSON has not', at);
    }
  }

  #isEscaped(quote: number): boolean {
    let start = quote;
    while (this.#source[start - 1] === '\\') start--;
    return (quote - start) % 2 === 1;
  }
}
