// CSV records (RFC 4180) with the lines they begin in: for samples, and to name the line of a flaw. DuckDB reads the data.

export interface CsvRecord {
  readonly fields: readonly string[];
  /** From 1. */
  readonly line: number;
  /** What is wrong with its quotes. */
  readonly problem?: 'text after a closing quote' | 'a quote that is never closed';
}

const QUOTE = '"';

/** Push pieces of text; records come out as soon as they are complete. An empty line is a record with one empty field. */
export class RecordParser {
  readonly #delimiter: string;
  #fields: string[] = [];
  #field = '';
  #state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  #problem: CsvRecord['problem'];
  #line = 1;
  #recordLine = 1;
  #afterReturn = false;
  #records: CsvRecord[] = [];

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(text: string): CsvRecord[] {
    for (let index = 0; index < text.length; ) {
      const end = this.#plainEnd(text, index);
      if (end > index) {
        this.#afterReturn = false;
        this.#append(text.slice(index, end));
        index = end;
      } else {
        this.#special(text[index]!);
        index++;
      }
    }
    const records = this.#records;
    this.#records = [];
    return records;
  }

  /** The last record, if the text does not end in a line end. */
  end(): CsvRecord[] {
    if (this.#state === 'quoted') this.#problem = 'a quote that is never closed';
    if (this.#state !== 'start' || this.#fields.length > 0 || this.#field !== '') this.#endRecord();
    return this.#records;
  }

  /** Where the next character is that may have a meaning. */
  #plainEnd(text: string, from: number): number {
    let index = from;
    while (index < text.length) {
      const character = text[index]!;
      if (character === QUOTE || character === this.#delimiter || character === '\n' || character === '\r') break;
      index++;
    }
    return index;
  }

  #append(text: string): void {
    if (this.#state === 'start' && text.trim() !== '') this.#state = 'plain';
    if (this.#state === 'closed' && text.trim() !== '') this.#problem ??= 'text after a closing quote';
    if (this.#state !== 'closed') this.#field += text;
  }

  #special(character: string): void {
    const continuesReturn = this.#afterReturn && character === '\n';
    this.#afterReturn = character === '\r';
    if ((character === '\n' && !continuesReturn) || character === '\r') this.#line++;
    if (this.#state === 'quoted') this.#inQuotes(character);
    else if (character === QUOTE) this.#openQuote();
    else if (character === this.#delimiter) this.#endField();
    else if (!continuesReturn) this.#endRecord();
  }

  #inQuotes(character: string): void {
    if (character === QUOTE) this.#state = 'closed';
    else this.#field += character;
  }

  #openQuote(): void {
    if (this.#state === 'start') {
      this.#state = 'quoted';
      this.#field = '';
    } else if (this.#state === 'closed') {
      // Two quotes are one.
      this.#state = 'quoted';
      this.#field += QUOTE;
    } else {
      this.#field += QUOTE;
    }
  }

  #endField(): void {
    this.#fields.push(this.#field);
    this.#field = '';
    this.#state = 'start';
  }

  #endRecord(): void {
    this.#endField();
    const record = { fields: this.#fields, line: this.#recordLine };
    this.#records.push(this.#problem === undefined ? record : { ...record, problem: this.#problem });
    this.#fields = [];
    this.#problem = undefined;
    this.#recordLine = this.#line;
  }
}

export function parseRecords(text: string, delimiter: string): CsvRecord[] {
  const parser = new RecordParser(delimiter);
  return [...parser.push(text), ...parser.end()];
}

export function isBlank({ fields }: CsvRecord): boolean {
  return fields.length === 1 && fields[0] === '';
}
