import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecords, RecordParser } from './record-parser.js';

const fieldsOf = (text: string, delimiter = ',') => parseRecords(text, delimiter).map(({ fields }) => fields);

describe('parseRecords', () => {
  it('reads quotes, delimiters and line ends in quotes, and doubled quotes', () => {
    expect(fieldsOf('a,"b,c"\n"d\ne","f ""g"""\n')).toEqual([
      ['a', 'b,c'],
      ['d\ne', 'f "g"'],
    ]);
  });

  it('knows the line in which a record begins, with all kinds of line ends', () => {
    const records = parseRecords('a\r\n"b\r\nc"\rd\n\ne', ',');
    expect(records.map(({ fields, line }) => [fields[0], line])).toEqual([
      ['a', 1],
      ['b\r\nc', 2],
      ['d', 4],
      ['', 5],
      ['e', 6],
    ]);
  });

  it('says what is wrong with quotes', () => {
    expect(parseRecords('"a"b,c\n', ',')[0]?.problem).toBe('text after a closing quote');
    expect(parseRecords('a,"b\n', ',')[0]?.problem).toBe('a quote that is never closed');
    expect(fieldsOf('a"b,c\n')).toEqual([['a"b', 'c']]);
  });

  it('gives the same records for the same text in pieces', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', ',', '"', '\n', '\r'), maxLength: 30 });
    fc.assert(
      fc.property(text, fc.nat(30), (whole, cut) => {
        const parser = new RecordParser(',');
        const pieces = [...parser.push(whole.slice(0, cut)), ...parser.push(whole.slice(cut)), ...parser.end()];
        expect(pieces).toEqual(parseRecords(whole, ','));
      }),
    );
  });
});
