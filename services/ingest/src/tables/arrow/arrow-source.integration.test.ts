// Arrow IPC as pyarrow writes it (arrow-files.py), and as apache-arrow does.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { describeColumns, type ImportOptions, importFiles } from '../tables.testkit.js';

const FILES = JSON.parse(readFileSync(new URL('./arrow-files.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>;
const contentOf = (name: string) => Buffer.from(FILES[name]!, 'base64');
const OPTIONS: ImportOptions = { targets: ['y'], acceptLoss: true, only: {} };
const load = (name: string, content: Uint8Array = contentOf(name), options: ImportOptions = {}) =>
  importFiles([{ name, content }], { ...OPTIONS, ...options });

describe('an Arrow file', () => {
  it.each(['plain.feather', 'lz4.feather', 'zstd.feather', 'stream.arrows', 'lz4.arrows'])(
    'has the types and values of its schema: %s',
    async name => {
      const table = await load(name);
      expect(table.rowsRead).toBe(40);
      expect(describeColumns(table)).toBe(
        'whole INT64, large INT64, gaps FP64?, single FP64?, half FP64?, flag FP64?, text category?, viewed category, ' +
          'grade category?, zoned timestamp?, seconds timestamp, nanos timestamp, day timestamp, clock category?, ' +
          'price FP64?, nothing category?, y INT64 target',
      );
      const first = (column: string) => table.values(column).slice(0, 3);
      expect(first('whole')).toEqual([-7n, -4n, -1n]);
      expect(first('large')).toEqual([2n ** 53n + 1n, 2n ** 53n + 2n, 2n ** 53n + 3n]);
      expect(table.values('gaps').slice(5, 9)).toEqual([0, 1, undefined, 3]);
      expect(first('single')).toEqual([0, 0.25, 0.5]);
      expect(first('half')).toEqual([0, 0.5, 1]);
      expect(first('flag')).toEqual([1, 0, 0]);
      expect(first('text')).toEqual(['grüße 0', 'grüße 1', undefined]);
      expect(first('viewed')[2]).toBe('a longer text than twelve bytes 2');
      expect(table.values('grade').slice(5, 9)).toEqual(['c', 'a', undefined, 'c']);
      expect(first('zoned')[1]).toBe('2024-03-01T13:00:00.000Z');
      expect(first('seconds')[0]).toBe('2023-11-14T22:13:20.000Z');
      // -1,500 ns are -2 µs: rounded down.
      expect(first('nanos')[1]).toBe('1970-01-01T00:00:00.999Z');
      expect(first('day')[1]).toBe('2024-05-02T00:00:00.000Z');
      expect(first('clock')[1]).toBe('01:30:15.25');
      expect(first('price')).toEqual([-3, -2.75, -2.5]);
      expect(table.values('nothing').every(value => value === undefined)).toBe(true);
    },
  );

  it('is unpacked, and may be one of several sources', async () => {
    const content = gzipSync(contentOf('stream.arrows'));
    const files = [
      { name: 'a.arrows.gz', content },
      { name: 'b.feather', content: contentOf('lz4.feather') },
    ];
    const table = await importFiles(files, OPTIONS);
    expect(table.rowsRead).toBe(80);
    expect(table.reading.map(({ format, compression }) => [format, compression])).toEqual([
      ['arrow', 'gzip'],
      ['arrow', 'none'],
    ]);
  });

  it('may be written by apache-arrow, with more rows than a chunk', async () => {
    const x = Float64Array.from({ length: 10_000 }, (_, row) => (row * 37) % 1009);
    const written = tableFromArrays({ x, y: Int32Array.from(x, value => value % 3) });
    const table = await load('f.arrow', tableToIPC(written, 'file'));
    expect(table.rowsRead).toBe(10_000);
    expect(table.values('x').slice(2_047, 2_050)).toEqual([...x.slice(2_047, 2_050)]);
  });

  it('is refused with nested or binary columns, which can be left out', async () => {
    await expect(load('nested.arrow')).rejects.toThrow(
      /^nested\.arrow: expected numbers, .* got List<Utf8> in the column 'tags'; leave it out with --ignore tags/,
    );
    await expect(load('binary.arrow')).rejects.toThrow(/got Binary in the column 'raw'/);
    const table = await load('nested.arrow', undefined, { reading: { ignore: ['tags'] } });
    expect(describeColumns(table)).toBe('a FP64, y INT64 target');
  });

  it('is refused in version 1 of Feather', async () => {
    await expect(load('version1.feather')).rejects.toThrow(/got a Feather file of version 1; write it with version 2/);
  });

  it.each(['plain.feather', 'lz4.feather', 'stream.arrows'])(
    'is refused where it is truncated or damaged: %s',
    async name => {
      const content = contentOf(name);
      const outcomes = new Set<string>();
      const lengths = [12, 300, Math.floor(content.length / 2), content.length - 20];
      const cut = lengths.map(length => content.subarray(0, length));
      const damaged = [200, 900, 2_000].map(at => {
        const copy = Buffer.from(content);
        copy.fill(0xff, at, at + 40);
        return copy;
      });
      for (const each of [...cut, ...damaged]) {
        const outcome = await load(name, each).then(
          table => `${table.rowsRead} rows`,
          error => String((error as Error).message),
        );
        outcomes.add(outcome);
        // Damage inside of values is a different value; damage of the structure is refused. Nothing else may happen.
        expect(outcome).toMatch(/^\d+ rows$|: the Arrow file cannot be read: .*; write it again$/);
      }
      expect([...outcomes].some(outcome => outcome.includes('cannot be read'))).toBe(true);
    },
  );
});
