// Formats, several files, and the process of an import: its limits, its end, and what it cannot reach.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '@athanor/testkit';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { openDatabase } from './database/database.js';
import { runTable } from './run-table.js';
import { CHILD, describeColumns, importCsv, importFiles, planOf } from './tables.testkit.js';

const never = new AbortController().signal;

function csvOf(rows: number, from = 0): string {
  const row = (index: number) =>
    `${index % 97}.25,${index % 13},${['Paris', 'Rome', ''][index % 3]},"text, of row ${index % 4001} \u00e9",${index % 2 ? 'p' : 'q'}`;
  return `n,k,city,note,y\n${Array.from({ length: rows }, (_, index) => `${row(from + index)}\n`).join('')}`;
}

/** A file in any format that DuckDB writes. */
async function written(sql: string, format: string): Promise<Uint8Array> {
  const folder = await temporaryDirectory('written');
  try {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`COPY (${sql}) TO '${join(folder.path, 'f')}' (FORMAT ${format})`);
    return await readFile(join(folder.path, 'f'));
  } finally {
    await folder.remove();
  }
}

const TYPED = `SELECT (i % 7)::INTEGER AS k, i / 3.0::FLOAT AS x, CASE WHEN i % 5 = 0 THEN NULL ELSE i % 2 = 0 END AS b,
  DATE '2024-01-01' + (i % 9)::INTEGER AS d, lpad((i % 9)::VARCHAR, 3, '0') AS code, (i % 4)::VARCHAR AS digits,
  CASE WHEN i % 2 = 0 THEN 'p' ELSE 'q' END AS y FROM range(100) r(i)`;

describe('formats', () => {
  it('of JSON Lines: keys of all objects are columns, and 64-bit integers are exact', async () => {
    const line = (i: number) => ({
      a: `${9007199254740993n + BigInt(i * 1000)}`,
      b: i % 3 ? i + 0.5 : null,
      'c"/~': ['x', 'y', 'NA'][i % 3],
    });
    const lines = Array.from({ length: 60 }, (_, i) =>
      JSON.stringify({ ...line(i), ...(i > 50 ? { late: i % 2 === 0 } : {}) }),
    );
    const content = lines.join('\n').replaceAll(/"a":"(\d+)"/g, '"a":$1');
    const table = await importFiles([{ name: 'f.jsonl', content }], { targets: ['c"/~'], acceptLoss: true });
    expect(describeColumns(table)).toBe('a INT64, b FP64?, c"/~ category target, late FP64?');
    expect(table.values('a').slice(0, 2)).toEqual([9007199254740993n, 9007199254741993n]);
    expect(table.values('c"/~').slice(0, 3)).toEqual(['x', 'y', 'NA']);
  });

  it('of a JSON array, by its content alone', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ a: i % 7, y: i % 2 ? 'p' : 'q' }));
    const table = await importFiles([{ name: 'export', content: JSON.stringify(rows, null, 1) }], {
      targets: ['y'],
      acceptLoss: true,
    });
    expect(describeColumns(table)).toBe('a INT64, y category target');
    expect(table.reading[0]).toMatchObject({ format: 'json' });
  });

  it.each([
    ['malformed JSON', '{"a":1,"y":"p"}\n{"a":2,"y":\n', /^f\.json: the JSON is malformed in line/],
    [
      'nested values',
      '{"a":[1,2],"y":"p"}\n',
      /^f\.json: .*a list or an object in the column 'a'; flatten it, .*--ignore a/,
    ],
    ['values that are no objects', '[1,2,3]', /^f\.json: expected an object .* as row 1/],
    ['twins after trimming', '{"a":1,"a ":2,"y":"p"}\n', /the name 'a' is there twice/],
  ])('refuses %s', async (_, content, message) => {
    await expect(importFiles([{ name: 'f.json', content }], { targets: ['y'] })).rejects.toThrow(message);
  });

  it('of Parquet: types are those of the file, and texts stay texts', async () => {
    const content = await written(TYPED, 'parquet');
    const table = await importFiles([{ name: 'f.parquet', content }], { targets: ['y'], acceptLoss: true });
    expect(describeColumns(table)).toBe(
      'k INT64, x FP64, b FP64?, d timestamp, code category, digits category, y category target',
    );
    expect(table.values('d')[1]).toBe('2024-01-02T00:00:00.000Z');
    expect(table.values('code')[1]).toBe('001');
  });

  it('bug: a nested column of a Parquet file could not be left out, although its error said so', async () => {
    const content = await written('SELECT i + 0.5 AS x, [i] AS tags, i % 2 AS y FROM range(30) r(i)', 'parquet');
    const files = [{ name: 'f.parquet', content }];
    await expect(importFiles(files, { targets: ['y'] })).rejects.toThrow(/in the column 'tags'; .*--ignore tags/);
    const table = await importFiles(files, { targets: ['y'], reading: { ignore: ['tags'] } });
    expect(table.columns.map(({ name }) => name)).toEqual(['x', 'y']);
  });

  it('refuses a Parquet file that is cut off', async () => {
    const content = (await written(TYPED, 'parquet')).subarray(0, 500);
    await expect(importFiles([{ name: 'f.parquet', content }])).rejects.toThrow(
      /^f\.parquet: the Parquet file cannot be read/,
    );
  });
});

// 10,000 columns of texts, too, fit into the default limit: by one thread, since each holds a vector of each column.
it('reads thousands of columns within a small memory limit', async () => {
  const columns = 2_500;
  const cells = (row: number) => Array.from({ length: columns }, (_, index) => `${(row * 31 + index * 17) % 89}.5`);
  const names = Array.from({ length: columns }, (_, index) => `c${index}`);
  const rows = Array.from({ length: 40 }, (_, row) => `${cells(row).join(',')},${row % 2 ? 'p' : 'q'}\n`);
  const csv = `${names.join(',')},y\n${rows.join('')}`;
  const table = await importCsv(csv, { targets: ['y'], only: { duplicate: {} }, limits: { memoryMiB: 320 } });
  expect(table.columns).toHaveLength(columns + 1);
  expect(table.values('c2499')).toHaveLength(40);
});

it('reads a CSV packed by zstd, in several frames', async () => {
  // Written by zstd 1.5 with checksums: the header and two rows, then two rows.
  const texts = ['KLUv/QRogQAAYSx5CjEuNSxwCjIuNSxxCp7afZQ=', 'KLUv/QRoYQAAMy41LHAKNC41LHEKnlqj7A=='];
  const frames = texts.map(text => Buffer.from(text, 'base64'));
  const table = await importFiles([{ name: 'f.csv.zst', content: Buffer.concat(frames) }], { targets: ['y'] });
  expect(table.values('a')).toEqual([1.5, 2.5, 3.5, 4.5]);
  expect(table.reading[0]).toMatchObject({ format: 'csv', compression: 'zstd' });
});

describe('several files', () => {
  it('are appended in the order of the plan, with their columns in any order, and one type over all', async () => {
    const files = [
      { name: '1.csv', content: `a,y\n${'1,p\n2,q\n'.repeat(20)}` },
      { name: 'test.csv', content: `a,y\n${'2.5,p\n'.repeat(10)}`, partition: 'test' as const },
      { name: '2.csv', content: `y;a\n${'q;7\n'.repeat(10)}` },
    ];
    const table = await importFiles(files, { targets: ['y'], acceptLoss: true });
    expect(describeColumns(table)).toBe('a FP64, y category target');
    expect(table.values('a').slice(38, 52)).toEqual([1, 2, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 2.5, 2.5]);
    expect(table.ids.test).toContain('test/9');
    expect(table.rowsRead).toBe(60);
  });

  it('must have the same columns', async () => {
    const files = [
      { name: '1.csv', content: 'a,b,y\n1,2,p\n' },
      { name: '2.csv', content: 'a,c,y\n1,2,p\n' },
    ];
    await expect(importFiles(files)).rejects.toThrow(
      '2.csv: expected the columns of 1.csv, got columns without b and with c',
    );
  });
});

describe('a version', () => {
  const bytesOf = async (csv: string, threads: number, memoryMiB = 512): Promise<string> => {
    const folder = await temporaryDirectory('same');
    try {
      await writeFile(join(folder.path, 's'), csv);
      const sources = [{ file: 's', filename: 's.csv', partition: 'train' as const }];
      const plan = planOf(sources, { targets: ['y'], limits: { threads, memoryMiB } });
      await runTable(plan, folder.path, { signal: never, program: CHILD });
      const hash = createHash('sha256');
      for (const file of (await readdir(join(folder.path, 'table'))).sort())
        hash.update(file).update(await readFile(join(folder.path, 'table', file)));
      return hash.digest('hex');
    } finally {
      await folder.remove();
    }
  };

  it('has the same bytes on any number of threads, also where it spills to disk', async () => {
    const csv = csvOf(400_000);
    const one = await bytesOf(csv, 1);
    expect(await bytesOf(csv, 2)).toBe(one);
    expect(await bytesOf(csv, 3, 100)).toBe(one);
  });

  it('has rows with equal inputs in one split, and adding rows moves none', async () => {
    const inputs = (index: number) => `${index % 50},${index % 3 ? 'a' : 'b'}`;
    const row = (index: number) => `${inputs(index)},${index % 7 ? 'p' : 'q'}`;
    const csv = (rows: number) => `n,c,y\n${Array.from({ length: rows }, (_, index) => `${row(index)}\n`).join('')}`;
    const small = await importCsv(csv(600), { targets: ['y'], only: {} });
    // The new row makes fractions of all whole numbers.
    const large = await importCsv(`${csv(600)}0.5,z,p\n`, { targets: ['y'], only: {} });
    const splits = ['train', 'validation', 'test'] as const;
    for (const split of splits) expect(large.ids[split]).toEqual(expect.arrayContaining([...small.ids[split]!]));
    const splitOf = new Map<string, string>();
    for (const split of splits) {
      for (const id of small.ids[split]!) {
        const key = inputs(Number(id.split('/')[1]));
        expect(splitOf.get(key) ?? split).toBe(split);
        splitOf.set(key, split);
      }
    }
    const salted = await importCsv(csv(600), {
      targets: ['y'],
      only: {},
      split: { validationFraction: 0.1, testFraction: 0.1, salt: 'x' },
    });
    expect(salted.ids.test).not.toEqual(small.ids.test);
  });
});

describe('the process of an import', () => {
  it('is killed when the import is cancelled, and leaves nothing', async () => {
    const controller = new AbortController();
    const reason = new Error('the version was deleted');
    const onPhase = () => controller.abort(reason);
    await expect(importCsv(csvOf(1000), { signal: controller.signal, onPhase })).rejects.toBe(reason);
  });

  it('is killed at the deadline', async () => {
    await expect(importCsv(csvOf(1000), { limits: { deadlineMs: 1 } })).rejects.toThrow(
      'the import took longer than the 0.001 seconds allowed',
    );
  });

  it('ends when its parent is gone', async () => {
    const folder = await temporaryDirectory('orphan');
    await writeFile(join(folder.path, 's'), csvOf(200_000));
    const child = fork(fileURLToPath(CHILD), [], {
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    const ended = once(child, 'exit');
    child.send({ plan: planOf([{ file: 's', filename: 's.csv', partition: 'train' }]), folder: folder.path });
    await once(child, 'message');
    child.disconnect();
    expect((await ended)[0]).toBe(1);
    await folder.remove();
  });

  it('says so when the table needs more memory than it may have', async () => {
    await expect(importCsv(csvOf(2000), { limits: { memoryMiB: 1 } })).rejects.toThrow(
      /more memory than the 1 MiB allowed/,
    );
  });

  it('reaches no file outside of its folder, no network and no extension', async () => {
    const folder = await temporaryDirectory('locked');
    await mkdir(join(folder.path, 'own'));
    await writeFile(join(folder.path, 'secret.csv'), 'a\n1\n');
    await writeFile(join(folder.path, 'own', 'f.csv'), 'a\n1\n');
    const database = await openDatabase({ folder: join(folder.path, 'own'), memoryMiB: 100, threads: 1 });
    try {
      await database.run(`SELECT * FROM read_csv('${join(folder.path, 'own', 'f.csv')}')`);
      for (const sql of [
        `SELECT * FROM read_csv('${join(folder.path, 'secret.csv')}')`,
        `SELECT * FROM read_csv('${join(folder.path, 'own', '..', 'secret.csv')}')`,
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_csv('http://127.0.0.1:1/f.csv')",
        `COPY (SELECT 1) TO '${join(folder.path, 'new.csv')}'`,
        `ATTACH '${join(folder.path, 'new.db')}'`,
        'INSTALL httpfs',
        'LOAD httpfs',
        'SET enable_external_access = true',
        "SET allowed_directories = ['/']",
      ])
        await expect(database.run(sql), sql).rejects.toThrow(
          /Permission Error|Invalid Input Error|configuration|IO Error/,
        );
    } finally {
      database.close();
      await folder.remove();
    }
  });
});
