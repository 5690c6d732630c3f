// The service over gRPC, with real NATS, SQL and files.
import { createHash, randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobError, createBlobStore } from '@athanor/blobs';
import { collectChunks, createStub, uploadFile } from '@athanor/client';
import { parseDatasetManifest, readDictionary, readShard } from '@athanor/data';
import { type DatabaseEngine, openDatabase } from '@athanor/database';
import { createTelemetry, startService } from '@athanor/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadIngestConfig } from './config.js';
import { type Bench, idxFile, makeVersion, pieces, startBench, upload, watchToEnd } from './ingest.testkit.js';
import { ingestService } from './rpc/ingest-service.js';
import { MIGRATIONS } from './store/migrations.js';
import type { IngestTables } from './store/tables.js';

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const CSV = { format: 'FORMAT_CSV' as const, targets: ['y'] };
const NO_SPLIT = { ...CSV, split: { validationFraction: 0, testFraction: 0 }, acceptLoss: true };

let bench: Bench;

beforeAll(async () => {
  bench = await startBench({ ATHANOR_INGEST_MAX_UPLOAD_BYTES: '40000000' });
});
afterAll(() => bench.stop());

describe('uploads', () => {
  test('resume at the committed offset after a stream broke off', async () => {
    const content = randomBytes(20_000_000);
    const { ingest } = bench;
    const created = await ingest.createUpload({ filename: 'f', byteSize: content.length, digest: digestOf(content) });
    const { uploadId } = created.upload!;
    const abort = new AbortController();
    const cutOff = (async function* () {
      let sent = 0;
      for await (const message of pieces(uploadId, content)) {
        if (sent++ === 45) abort.abort();
        yield message;
      }
    })();
    await expect(ingest.writeUpload(cutOff, { signal: abort.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    let committed = 0;
    await expect
      .poll(async () => {
        committed = (await ingest.getUpload({ uploadId })).upload!.committedOffset;
        return committed;
      })
      .toBeGreaterThan(0);
    await sleep(200);
    committed = (await ingest.getUpload({ uploadId })).upload!.committedOffset;
    expect(committed).toBeLessThan(content.length);
    const { upload: whole } = await ingest.writeUpload(pieces(uploadId, content, committed));
    expect(whole).toMatchObject({
      state: 'STATE_COMPLETE',
      digest: digestOf(content),
      committedOffset: content.length,
    });
  });

  test('survive a restart of the service', async () => {
    const content = randomBytes(300_000);
    const { upload: begun } = await bench.ingest.createUpload({ filename: 'f', byteSize: content.length });
    const { uploadId } = begun!;
    await bench.ingest.writeUpload(pieces(uploadId, content.subarray(0, 100_000)));
    await bench.restart();
    expect((await bench.ingest.getUpload({ uploadId })).upload).toMatchObject({ committedOffset: 100_000 });
    const { upload: whole } = await bench.ingest.writeUpload(pieces(uploadId, content, 100_000));
    expect(whole).toMatchObject({ state: 'STATE_COMPLETE', digest: digestOf(content) });
  });

  test('return the committed offset to a writer with a different one', async () => {
    const { upload: begun } = await bench.ingest.createUpload({ filename: 'f', byteSize: 10 });
    const call = bench.ingest.writeUpload(pieces(begun!.uploadId, Buffer.alloc(10), 5));
    await expect(call).rejects.toMatchObject({
      code: 'OUT_OF_RANGE',
      reason: 'WRONG_OFFSET',
      metadata: { committed_offset: '0' },
    });
  });

  test('start over if the bytes do not match the announced digest', async () => {
    const content = Buffer.from('the right bytes');
    const { upload: begun } = await bench.ingest.createUpload({
      filename: 'f.csv',
      byteSize: 15,
      digest: digestOf(content),
    });
    const { uploadId } = begun!;
    const wrong = bench.ingest.writeUpload(pieces(uploadId, Buffer.from('the wrong bytes')));
    await expect(wrong).rejects.toMatchObject({
      ...{ code: 'INVALID_ARGUMENT', reason: 'CHECKSUM_MISMATCH' },
      message: expect.stringMatching(
        /^f\.csv: expected digest sha256:.*, received bytes with sha256:.*; the upload begins again at offset 0$/,
      ),
    });
    expect((await bench.ingest.getUpload({ uploadId })).upload).toMatchObject({
      state: 'STATE_ACTIVE',
      committedOffset: 0,
    });
    expect((await bench.ingest.writeUpload(pieces(uploadId, content))).upload).toMatchObject({
      state: 'STATE_COMPLETE',
    });
  });

  test('by two concurrent writers succeed for one of them and are refused for the other; the bytes are intact', async () => {
    const content = randomBytes(9_000_000);
    const { upload: begun } = await bench.ingest.createUpload({
      filename: 'f',
      byteSize: content.length,
      digest: digestOf(content),
    });
    const { uploadId } = begun!;
    const results = await Promise.allSettled([1, 2].map(() => bench.ingest.writeUpload(pieces(uploadId, content))));
    const failed = results.filter(each => each.status === 'rejected');
    expect(failed.length).toBeLessThanOrEqual(1);
    for (const { reason } of failed) expect(['ABORTED', 'OUT_OF_RANGE']).toContain(reason.code);
    expect((await bench.ingest.getUpload({ uploadId })).upload).toMatchObject({
      state: 'STATE_COMPLETE',
      digest: digestOf(content),
    });
  });

  test('bug: a second writer destroyed an upload by completing it again', async () => {
    const content = randomBytes(12_000_000);
    const { upload: begun } = await bench.ingest.createUpload({
      filename: 'f',
      byteSize: content.length,
      digest: digestOf(content),
    });
    const { uploadId } = begun!;
    // All bytes are stored but not assembled yet; then many writers assemble them concurrently.
    await bench.ingest.writeUpload(pieces(uploadId, content.subarray(0, content.length - 1)));
    const last = bench.ingest.writeUpload(pieces(uploadId, content, content.length - 1));
    const finishers = Array.from({ length: 6 }, async (_, index) => {
      await sleep(index * 10);
      return await bench.ingest.writeUpload(pieces(uploadId, content, content.length));
    });
    await Promise.allSettled([last, ...finishers]);
    expect((await bench.ingest.getUpload({ uploadId })).upload).toMatchObject({
      ...{ state: 'STATE_COMPLETE', digest: digestOf(content), committedOffset: content.length },
    });
  });

  test('refuse too many bytes, an empty file, a file over the limit and invalid names, all at once', async () => {
    const { upload: begun } = await bench.ingest.createUpload({ filename: 'f', byteSize: 4 });
    const many = bench.ingest.writeUpload(pieces(begun!.uploadId, Buffer.alloc(5)));
    await expect(many).rejects.toMatchObject({
      code: 'OUT_OF_RANGE',
      reason: 'TOO_MANY_BYTES',
      message: expect.stringMatching(/expected 4 bytes, received more/),
    });
    await expect(bench.ingest.createUpload({ filename: 'a\0b', byteSize: 0, digest: 'md5:1' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [
        { field: 'filename' },
        { field: 'byte_size', description: 'expected at least 1 byte, got 0; an empty file has no rows' },
        { field: 'digest' },
      ],
    });
    await expect(bench.ingest.createUpload({ filename: 'f', byteSize: 40_000_001 })).rejects.toMatchObject({
      message: 'byte_size: expected at most 40000000 bytes, got 40000001',
    });
  });

  test('with the same request_id are one upload; with different content the key is refused', async () => {
    const request = { requestId: 'r-1', filename: 'f', byteSize: 10 };
    const first = await bench.ingest.createUpload(request);
    expect(await bench.ingest.createUpload(request)).toEqual(first);
    await expect(bench.ingest.createUpload({ ...request, byteSize: 11 })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      reason: 'REQUEST_ID_REUSED',
    });
    expect((await bench.stranger.createUpload(request)).upload!.uploadId).not.toBe(first.upload!.uploadId);
  });

  test('bug: two concurrent requests with the same request_id were an internal error', async () => {
    const request = { requestId: 'r-2', filename: 'f', byteSize: 10 };
    const answers = await Promise.all(Array.from({ length: 8 }, () => bench.ingest.createUpload(request)));
    expect(new Set(answers.map(({ upload: each }) => each!.uploadId)).size).toBe(1);
  });

  test('of a file through the SDK is sent once, even if requested twice', async () => {
    const path = join(bench.folder, 'data.csv');
    await writeFile(path, 'a,y\n1,p\n');
    const first = await uploadFile(bench.ingest, path);
    expect(first).toMatchObject({ state: 'STATE_COMPLETE', filename: 'data.csv' });
    expect((await uploadFile(bench.ingest, path)).uploadId).toBe(first.uploadId);
  });

  test('on a full disk fail with a remedy, keep what was committed, and resume when there is space', async () => {
    const config = loadIngestConfig({ ...bench.environment, ATHANOR_BLOB_URL: `file://${bench.folder}/full-blobs` });
    const telemetry = createTelemetry({ service: 'ingest', logLevel: 'silent' });
    const engine: DatabaseEngine = await openDatabase('pglite:');
    const db = await engine.open<IngestTables>({ schema: 'ingest', migrations: MIGRATIONS });
    const disk = await createBlobStore(config.BLOB_URL);
    let full = true;
    const blobs = {
      ...disk,
      put: (...args: Parameters<typeof disk.put>) =>
        full ? Promise.reject(new BlobError('storage_full', 'ENOSPC')) : disk.put(...args),
      get: disk.get.bind(disk),
    };
    const ingestOnIt = ingestService({
      planTable: () => Promise.reject(new Error('not asked')),
      db,
      blobs: blobs as typeof disk,
      maxUploadBytes: 1_000,
      onVersionCreated: () => undefined,
      onCommit: () => undefined,
    });
    const service = await startService({ name: 'ingest', config, telemetry, services: { ingest: ingestOnIt } });
    const client = createStub('ingest', { address: `127.0.0.1:${service.port}`, credential: bench.key });
    const { upload: begun } = await client.createUpload({ filename: 'f', byteSize: 3 });
    const { uploadId } = begun!;
    await expect(client.writeUpload(pieces(uploadId, Buffer.from('abc')))).rejects.toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message: expect.stringMatching(/free space/),
    });
    expect((await client.getUpload({ uploadId })).upload).toMatchObject({ committedOffset: 0, state: 'STATE_ACTIVE' });
    full = false;
    expect((await client.writeUpload(pieces(uploadId, Buffer.from('abc')))).upload).toMatchObject({
      state: 'STATE_COMPLETE',
    });
    client.close();
    await service.stop();
    await engine.close();
  });
});

describe('versions', () => {
  test('contain exactly the kept rows, according to the manifest', async () => {
    const content = Buffer.from('a,b,y\n1,x,p\n2.5,z,q\n1,x,\n,x,q\n6,,p\n');
    const version = await makeVersion(bench.ingest, 'exact', {
      sources: [{ content, filename: 'rows.csv' }],
      recipe: NO_SPLIT,
    });
    expect(version).toMatchObject({
      ...{ state: 'STATE_READY', version: 1, classes: ['p', 'q'], rowsRead: 5 },
      sources: [{ filename: 'rows.csv', digest: digestOf(content), byteSize: content.length, partition: 'train' }],
      preparation: { done: true, error: null },
    });
    const number = { kind: 'number', datatype: 'FP64', shape: [] };
    const category = { kind: 'category', datatype: '', shape: [] };
    expect(version.columns.map(({ column }) => column)).toEqual([
      { name: 'a', type: number, role: 'input', nullable: true },
      { name: 'b', type: category, role: 'input', nullable: true },
      { name: 'y', type: category, role: 'target', nullable: false },
    ]);
    expect(version.columns[0]!.statistics).toMatchObject({ count: 3, missing: 1, min: 1, max: 6, unique: 3 });
    const found = version.findings.filter(({ rows }) => rows > 0);
    expect(found.map(({ check, rows, removed, firstRowIds }) => [check, rows, removed, firstRowIds])).toContainEqual([
      ...['missing-target', 1, 1, ['train/2']],
    ]);
    expect(version.splits[0]).toMatchObject({ split: 'train', rows: 4, classRows: [2, 2] });
    const read = (digest: string) =>
      collectChunks(bench.ingest.readDatasetBlob({ datasetId: 'exact', version: 1, digest }));
    const bytes = await read('');
    expect(digestOf(bytes)).toBe(version.digest);
    const manifest = parseDatasetManifest(bytes);
    expect(manifest).toMatchObject({
      ...{ formatVersion: 2, partitions: ['train'] },
      splits: { train: { rows: 4 }, validation: { rows: 0, shards: [] }, test: { rows: 0, shards: [] } },
      recipe: { targets: ['y'], split: { validationFraction: 0, testFraction: 0, salt: '' } },
      sources: [{ role: 'ROLE_FEATURES', partition: 'train', digest: digestOf(content), byteSize: content.length }],
    });
    const [, b, y] = manifest.columns;
    expect(readDictionary(await read(b!.dictionary!.digest))).toEqual(['x', 'z']);
    expect(readDictionary(await read(y!.dictionary!.digest))).toEqual(['p', 'q']);
    const { values, ids } = readShard(await read(manifest.splits.train.shards[0]!.digest), manifest.columns);
    expect(values.get(0)).toEqual({ kind: 'number', data: Float64Array.of(1, 2.5, Number.NaN, 6) });
    expect(values.get(1)).toEqual({ kind: 'category', codes: Int32Array.of(0, 1, 0, -1) });
    expect(values.get(2)).toEqual({ kind: 'category', codes: Int32Array.of(0, 1, 1, 0) });
    expect([...ids.ordinals]).toEqual([0, 1, 3, 4]);
    await expect(read(`sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('of the same plan have the same digest in another installation', async () => {
    const sources = [
      { content: idxFile([4, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3, 5]) },
      { content: idxFile([4], [1, 2, 3, 1]), role: 'ROLE_LABELS' as const },
    ];
    const options = { sources, recipe: { format: 'FORMAT_IDX' as const } };
    const here = await makeVersion(bench.ingest, 'twin', options);
    const elsewhere = await startBench();
    const there = await makeVersion(elsewhere.ingest, 'another-name', options);
    await elsewhere.stop();
    expect(here.state).toBe('STATE_READY');
    expect(there.digest).toBe(here.digest);
    expect((await makeVersion(bench.ingest, 'twin', options)).digest).toBe(here.digest);
  });

  test.each([
    [
      'a truncated IDX file',
      { content: idxFile([2, 2, 2], [1, 2, 3]) },
      'FORMAT_IDX',
      /the file is truncated; upload the complete file/,
    ],
    ['a wrong magic number', { content: Buffer.from('not idx at all') }, 'FORMAT_IDX', /expected the IDX magic number/],
    ['ragged rows', { content: Buffer.from('a,y\n1,p\n2,q\n1,p,3,4\n') }, 'FORMAT_CSV', /line 4/],
    [
      'no target column',
      { content: Buffer.from('a,b\n1,2\n3,4\n') },
      'FORMAT_CSV',
      /--target names the column 'y', but the columns are a, b/,
    ],
  ] as const)('of %s are FAILED with the reason', async (name, source, format, message) => {
    const datasetId = name.toLowerCase().replaceAll(' ', '-');
    const version = await makeVersion(bench.ingest, datasetId, {
      sources: [source],
      recipe: { format, targets: format === 'FORMAT_IDX' ? [] : ['y'] },
    });
    expect(version).toMatchObject({
      state: 'STATE_FAILED',
      digest: '',
      preparation: { done: true, error: { code: 3 } },
    });
    expect(version.preparation!.error!.message).toMatch(message);
    await expect(bench.ingest.listFindings({ datasetId, version: 1 })).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'DATASET_NOT_READY',
    });
    // bug: the error was "latest of … is not found; see: athanor dataset describe …", and that command said the same.
    await expect(bench.ingest.getDatasetVersion({ datasetId, version: 0 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(
        `^dataset '${datasetId}' has no version that is READY; its newest, v1 is FAILED: .*; import`,
      ),
    });
    await expect(bench.ingest.getDatasetVersion({ datasetId, version: 2 })).rejects.toMatchObject({
      message: `dataset version '${datasetId} v2' is not found; the newest is v1`,
    });
  });

  test('page through their findings, of one check or all', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => `${row % 7},${row % 5},${row % 4 === 3 ? '' : 'pq'[row % 2]}`);
    await makeVersion(bench.ingest, 'findings', {
      sources: [{ content: Buffer.from(`a,b,y\n${rows.join('\n')}\n`) }],
      recipe: NO_SPLIT,
    });
    const expected = rows.flatMap((line, row) => (line.endsWith(',') ? [`train/${row}`] : []));
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = await bench.ingest.listFindings({ datasetId: 'findings', version: 1, pageSize: 3, pageToken });
      expect(page.findings.length).toBeLessThanOrEqual(3);
      seen.push(...page.findings.filter(({ check }) => check === 'missing-target').map(({ rowId }) => rowId));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(seen).toEqual(expected);
    const missing = await bench.ingest.listFindings({ datasetId: 'findings', version: 1, check: 'missing-target' });
    expect(missing.findings.map(({ rowId, removed }) => [rowId, removed])).toEqual(expected.map(id => [id, true]));
  });

  test("are their tenant's own", async () => {
    const request = { datasetId: 'exact', version: 1 };
    await expect(bench.stranger.getDatasetVersion(request)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(collectChunks(bench.stranger.readDatasetBlob({ ...request, digest: '' }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect((await bench.stranger.listDatasets({})).datasets).toEqual([]);
    const uploadId = await upload(bench.ingest, Buffer.from('a,y\n1,p\n'));
    await bench.stranger.createDataset({ datasetId: 'exact' });
    const stolen = bench.stranger.createDatasetVersion({
      datasetId: 'exact',
      sources: [{ uploadId, role: 'ROLE_FEATURES', partition: 'train' }],
      recipe: CSV,
    });
    await expect(stolen).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringMatching(/^upload/) });
  });

  test('with the same request_id are one version, also concurrently; an incomplete upload is refused', async () => {
    await bench.ingest.createDataset({ datasetId: 'idempotent' });
    const uploadId = await upload(bench.ingest, Buffer.from('a,y\n1,p\n2,q\n'));
    const request = {
      requestId: 'v-1',
      datasetId: 'idempotent',
      sources: [{ uploadId, role: 'ROLE_FEATURES' as const, partition: 'train' }],
      recipe: CSV,
    };
    const answers = await Promise.all(Array.from({ length: 6 }, () => bench.ingest.createDatasetVersion(request)));
    expect(new Set(answers.map(({ datasetVersion }) => datasetVersion!.version))).toEqual(new Set([1]));
    const { upload: begun } = await bench.ingest.createUpload({ filename: 'f', byteSize: 9 });
    const early = bench.ingest.createDatasetVersion({
      ...request,
      requestId: '',
      sources: [{ ...request.sources[0]!, uploadId: begun!.uploadId }],
    });
    await expect(early).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'UPLOAD_INCOMPLETE',
      message: expect.stringMatching(/has 0 of 9 bytes/),
    });
  });

  test('bug: preparing a version whose source was missing from the store was retried without end', async () => {
    await bench.ingest.createDataset({ datasetId: 'gone' });
    const content = Buffer.from('a,y\n17,p\n18,q\n');
    const uploadId = await upload(bench.ingest, content);
    // Versions of earlier tests may still be prepared and write to the store.
    await rm(join(bench.folder, 'blobs'), { recursive: true, maxRetries: 5 });
    await bench.ingest.createDatasetVersion({
      datasetId: 'gone',
      sources: [{ uploadId, role: 'ROLE_FEATURES', partition: 'train' }],
      recipe: CSV,
    });
    const version = await watchToEnd(bench.ingest, 'gone', 1);
    expect(version).toMatchObject({ state: 'STATE_FAILED', preparation: { error: { code: 15 } } });
    expect(version.preparation!.error!.message).toMatch(/upload the source again/);
    await bench.restart();
  });
});

describe('datasets', () => {
  test('have ids that are unique, well-formed, and listed page by page', async () => {
    await bench.ingest.createDataset({ datasetId: 'one' });
    await expect(bench.ingest.createDataset({ datasetId: 'one' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await expect(bench.ingest.createDataset({ datasetId: 'Not OK' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field: 'dataset_id' }],
    });
    await expect(bench.ingest.getDataset({ datasetId: 'none' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/athanor dataset list/),
    });
    const first = await bench.ingest.listDatasets({ pageSize: 2 });
    const second = await bench.ingest.listDatasets({ pageSize: 2, pageToken: first.nextPageToken });
    const ids = [...first.datasets, ...second.datasets].map(({ datasetId }) => datasetId);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(4);
  });

  test('bug: a NUL character in an id was an internal error', async () => {
    await expect(bench.ingest.getDataset({ datasetId: 'a\0b' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test('can change only their description', async () => {
    const dataset = { datasetId: 'one', description: 'new' };
    expect(await bench.ingest.updateDataset({ dataset, updateMask: { paths: ['description'] } })).toMatchObject({
      dataset: { description: 'new' },
    });
    await expect(bench.ingest.updateDataset({ dataset, updateMask: { paths: ['dataset_id'] } })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  test('are deleted when no version is being prepared, and continue their numbers', async () => {
    const { ingest, stranger } = bench;
    const content = Buffer.from(
      `a,y\n${Array.from({ length: 40_000 }, (_, row) => `${row / 8},p${row % 2}`).join('\n')}\n`,
    );
    await ingest.createDataset({ datasetId: 'short' });
    const sources = [{ uploadId: await upload(ingest, content), role: 'ROLE_FEATURES' as const, partition: 'train' }];
    await ingest.createDatasetVersion({ datasetId: 'short', sources, recipe: CSV });
    // A queued version is deleted with its dataset.
    const read = () => ingest.getDatasetVersion({ datasetId: 'short', version: 1 });
    const phase = async () => (await read()).datasetVersion!.preparation?.phase;
    await expect.poll(phase, { interval: 10 }).not.toBe('QUEUED');
    await expect(ingest.deleteDataset({ datasetId: 'short' })).rejects.toMatchObject({
      ...{ code: 'FAILED_PRECONDITION', reason: 'DATASET_PREPARING' },
      message: expect.stringMatching(
        /is PREPARING; wait for it .*, or end it: athanor dataset cancel short --version 1/,
      ),
    });
    await watchToEnd(ingest, 'short', 1);
    await expect(stranger.deleteDataset({ datasetId: 'short' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await ingest.deleteDataset({ datasetId: 'short' });
    for (const refused of [
      ingest.deleteDataset({ datasetId: 'short' }),
      ingest.getDataset({ datasetId: 'short' }),
      ingest.getDatasetVersion({ datasetId: 'short', version: 1 }),
      ingest.createDatasetVersion({ datasetId: 'short', sources, recipe: CSV }),
      collectChunks(ingest.readDatasetBlob({ datasetId: 'short', version: 1 })),
    ]) {
      const message = expect.stringMatching(/athanor dataset list/);
      await expect(refused).rejects.toMatchObject({ code: 'NOT_FOUND', message });
    }
    expect((await ingest.createDataset({ datasetId: 'short' })).dataset).toMatchObject({ latestVersion: 0 });
    // The upload still exists.
    const { datasetVersion } = await ingest.createDatasetVersion({ datasetId: 'short', sources, recipe: CSV });
    expect(datasetVersion).toMatchObject({ version: 2 });
    expect((await watchToEnd(ingest, 'short', 2)).state).toBe('STATE_READY');
  });
});
