import { describe, expect, it } from 'vitest';
import type { TableReading } from '../table-plan.js';
import { sniffDelimiter, sniffDialect } from './dialect.js';

const READING: TableReading = {
  ...{ skipLines: 0, nulls: [], decimal: '.', strip: {}, ignore: [], types: {}, onMisfit: 'error' },
};
const sniff = (text: string, reading: Partial<TableReading> = {}) =>
  sniffDialect(text, { ...READING, ...reading }, 'f.csv');

describe('sniffDelimiter', () => {
  it.each([
    ['a,b\n1,2\n', ','],
    ['a;b\n1,5;2,5\n', ';'],
    ['a\tb\n1,5\t"x;y"\n', '\t'],
    ['a|b|c\n1|2|3\n', '|'],
    ['name,note\nx,"a;b;c"\ny,"d;e"\n', ','],
    ['a\n1\n2\n', ','],
  ])('of %j is %j', (text, delimiter) => {
    expect(sniffDelimiter(text, { decimal: '.' })).toBe(delimiter);
  });

  it('never is the decimal mark', () => {
    expect(sniffDelimiter('a\n1,5\n', { decimal: ',' })).toBe(';');
  });
});

describe('sniffDialect', () => {
  it('finds a header by the kinds of the values below it', () => {
    expect(sniff('a,b\n1,x\n2,y\n')).toMatchObject({ header: true, names: ['a', 'b'], skipRecords: 1 });
    expect(sniff('1,x\n2,y\n')).toMatchObject({ header: false, names: ['', ''], skipRecords: 0 });
    expect(sniff('when,b\n2024-01-01,x\n')).toMatchObject({ header: true });
    expect(sniff('kind,size\nx,y\nx,z\n')).toMatchObject({ header: true });
    expect(sniff('x,y\nz,x\nx,z\n')).toMatchObject({ header: false });
  });

  it('skips lines, the line of Excel and empty lines', () => {
    expect(sniff('# by me\nsep=;\n\na;b\n1;2\n', { skipLines: 1 })).toMatchObject({ delimiter: ';', skipRecords: 4 });
    expect(sniff('# by me\n\na,b\n1,2\n', { skipLines: 1 }).records[0]?.line).toBe(4);
  });

  it('takes one more empty column at the end of the rows', () => {
    expect(sniff('a,b\n1,2,\n3,4,\n').names).toEqual(['a', 'b', '']);
    expect(() => sniff('a,b\n1,2,3\n3,4,5\n')).toThrow('got 2 names in the header and 3 values in line 2');
  });

  it('takes a header for what --columns says if it has these names', () => {
    expect(sniff('a,b\n1,2\n', { columns: ['a', 'b'] }).header).toBe(true);
    expect(sniff('1,2\n3,4\n', { columns: ['a', 'b'] }).header).toBe(false);
  });
});
