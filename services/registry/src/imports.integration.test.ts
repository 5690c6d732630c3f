// Imported models over gRPC, with the real registry; the check of the model itself is the import library's to test.
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { collectChunks } from '@athanor/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkByContent, importFiles, sha256, uploadBytes } from './imports.testkit.js';
import { type Bench, startBench } from './registry.testkit.js';
import type { RegistryTables } from './store/tables.js';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ checkModel: checkByContent });
}, 60_000);
afterAll(() => bench.stop());

const foldersOfImports = async () => (await readdir(tmpdir())).filter(name => name.startsWith('athanor-model-import-'));
const open = () => bench.engine.open<RegistryTables>({ schema: 'registry', migrations: [] });
const stream = (...messages: object[]) =>
  (async function* () {
    yield* messages;
  })();

test('an upload that was interrupted at any byte is resumed there', async () => {
  const { registry } = bench.client;
  const content = Buffer.from('the bytes of a model');
  for (let cut = 1; cut < content.length; cut++) {
    const request = {
      requestId: `cut-${cut}`,
      filename: 'model.onnx',
      byteSize: content.length,
      digest: sha256(content),
    };
    const { upload } = await registry.createUpload(request);
    const { uploadId } = upload!;
    await registry.writeUpload(stream({ uploadId, offset: 0, chunk: content.subarray(0, cut) }));
    const resumed = (await registry.createUpload(request)).upload!;
    expect(resumed).toMatchObject({ uploadId, committedOffset: cut, state: 'STATE_ACTIVE' });
    const early = registry.importModel({ modelName: 'early', files: [{ path: 'model.onnx', uploadId }] });
    await expect(early).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field: 'files[0].upload_id', description: expect.stringMatching(`has ${cut} of 20 bytes`) }],
    });
    const rest = { uploadId, offset: cut, chunk: content.subarray(cut) };
    expect((await registry.writeUpload(stream(rest))).upload).toMatchObject({ state: 'STATE_COMPLETE' });
  }
  await expect(registry.getModel({ name: 'early' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
}, 60_000);

describe('an import', () => {
  test('is a version with files, signature, batching, licence and origin', async () => {
    const files = { 'model.onnx': 'good', 'labels.txt': 'cat\ndog' };
    const { modelVersion, created } = await importFiles(bench.client, 'pets', files, { licence: 'Apache-2.0' });
    expect(created).toBe(true);
    expect(modelVersion).toMatchObject({
      ...{ modelName: 'pets', version: 1, state: 'STATE_READY', cpuThreads: 0, jobIds: [], evaluations: [] },
      digest: expect.stringMatching(/^sha256:/),
      signature: { inputs: [{ name: 'x', shape: [-1, 2], axes: ['batch', ''] }] },
      batching: { enabled: true, maxBatchSize: 8, reason: expect.stringMatching(/probe/) },
      licence: 'Apache-2.0',
      origin: {
        ...{
          source: './model.onnx',
          actor: expect.stringMatching(/^key:/),
          changes: [expect.stringMatching(/ZipMap/)],
          notes: [expect.stringMatching(/rate_limiter/)],
        },
        files: [
          { name: 'model.onnx', digest: sha256('good'), byteSize: 4 },
          { name: 'labels.txt', digest: sha256('cat\ndog'), byteSize: 7 },
        ],
      },
      recommendedServing: {
        scheduler: { kind: 'dynamic', version: 1 },
        labels: { outputs: [{ output: 'y', labels: ['cat', 'dog'] }] },
      },
    });
    const [file] = modelVersion!.files;
    const { digest: versionDigest } = modelVersion!;
    const chunks = bench.client.registry.readModelFile({ versionDigest, fileDigest: file!.digest });
    expect((await collectChunks(chunks)).toString()).toBe('served good');
    expect(await foldersOfImports()).toEqual([]);
  });

  test('of equal files with equal settings is the existing version, with one more edge of its lineage', async () => {
    const first = await importFiles(bench.client, 'equal', { 'model.onnx': 'same' });
    const again = await importFiles(bench.client, 'equal', { 'model.onnx': 'same' }, { source: './copy.onnx' });
    expect(again).toMatchObject({ created: false, modelVersion: { version: 1, digest: first.modelVersion!.digest } });
    expect(again.modelVersion!.origin).toMatchObject({ source: './model.onnx' });
    const changed = [{ batchAxis: -1 }, { licence: 'MIT' }];
    for (const [index, more] of changed.entries())
      expect((await importFiles(bench.client, 'equal', { 'model.onnx': 'same' }, more)).modelVersion!.version).toBe(
        index + 2,
      );
    const { nodes, edges } = await bench.client.registry.getLineage({
      ...{ versionDigest: first.modelVersion!.digest, modelName: 'equal' },
    });
    expect(nodes.map(({ kind, label }) => [kind, label])).toEqual([
      ['KIND_MODEL_VERSION', 'equal v1'],
      ['KIND_SOURCE', 'model.onnx'],
    ]);
    expect(edges.map(({ relation, attributes }) => [relation, attributes.source])).toEqual([
      ['imported_from', './model.onnx'],
      ['imported_from', './copy.onnx'],
    ]);
    expect(edges[0]!.attributes).toMatchObject({
      actor: expect.stringMatching(/^key:/),
      time: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  test('of one request_id happens once; the key of another request is refused', async () => {
    const more = { requestId: 'once' };
    const uploadId = await uploadBytes(bench.client, 'model.onnx', 'once');
    const files = [{ path: 'model.onnx', uploadId }];
    const call = (changes: object = {}) =>
      bench.client.registry.importModel({ ...more, modelName: 'once', files, ...changes });
    const answers = await Promise.all([call(), call()]);
    expect(answers[0]).toEqual(answers[1]);
    expect(await call()).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ created: true, modelVersion: { version: 1 } });
    await expect(call({ licence: 'MIT' })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      reason: 'REQUEST_ID_REUSED',
    });
    const db = await open();
    const rows = await db.selectFrom('version_imports').select('import_id').where('model_name', '=', 'once').execute();
    expect(rows).toHaveLength(1);
  });

  test('of one name at once gives two versions, or one if they are equal', async () => {
    const at = (content: string) => importFiles(bench.client, 'both', { 'model.onnx': content });
    const versions = (await Promise.all([at('left'), at('right'), at('left')])).map(
      ({ modelVersion }) => modelVersion!,
    );
    expect(new Set(versions.map(({ version }) => version))).toEqual(new Set([1, 2]));
    expect(versions[0]!.version).toBe(versions[2]!.version);
  });

  test('announces its version', async () => {
    await importFiles(bench.client, 'announced', { 'model.onnx': 'event' });
    const read = async () => {
      const found: unknown[] = [];
      for await (const { event } of bench.client.events.tailEvents({ fromBeginning: true, stopAtEnd: true }))
        if (event!.type === 'model.version.registered') found.push(JSON.parse(event!.dataJson));
      return found;
    };
    await expect
      .poll(read)
      .toContainEqual(expect.objectContaining({ modelName: 'announced', version: 1, jobId: '', created: true }));
  });

  test('of a deleted model does not come back with its old key', async () => {
    const { registry } = bench.client;
    const uploadId = await uploadBytes(bench.client, 'model.onnx', 'gone');
    const request = { requestId: 'gone', modelName: 'gone', files: [{ path: 'model.onnx', uploadId }] };
    await registry.importModel(request);
    await registry.deleteModel({ name: 'gone' });
    expect(await registry.importModel(request)).toMatchObject({ created: true, modelVersion: { version: 2 } });
  });
});

describe('an import that is refused', () => {
  /** Everything that an import could leave behind. */
  const remains = async (modelName: string) => {
    const db = await open();
    const rows = await Promise.all([
      db.selectFrom('models').select('name').where('name', '=', modelName).execute(),
      db.selectFrom('model_versions').select('version').where('model_name', '=', modelName).execute(),
      db.selectFrom('version_imports').select('version').where('model_name', '=', modelName).execute(),
    ]);
    return [...rows.flat(), ...(await foldersOfImports())];
  };

  test('by the guard says why and leaves nothing behind', async () => {
    const refused = importFiles(bench.client, 'refused', { 'model.onnx': 'refuse: operator com.acme.Spy' });
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      reason: 'CUSTOM_OPERATOR',
      message: expect.stringMatching(/com\.acme\.Spy/),
    });
    expect(await remains('refused')).toEqual([]);
  });

  test('because no deployment may have its settings says which', async () => {
    const files = { 'model.onnx': 'greedy', 'labels.txt': 'a\nb' };
    await expect(importFiles(bench.client, 'greedy', files)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      reason: 'UNUSABLE_SETTINGS',
      message: expect.stringMatching(/instances: expected 1 to 64, got 1000.*config\.pbtxt/),
    });
    expect(await remains('greedy')).toEqual([]);
  });

  test('for its request names every problem', async () => {
    const uploadId = await uploadBytes(bench.client, 'model.onnx', 'x');
    const files = ['../model.onnx', '/model.onnx', 'a\\b'].map(path => ({ path, uploadId }));
    const request = { modelName: 'paths', files, batchAxis: 1, source: 'x'.repeat(2_000), licence: 'a\nb' };
    await expect(bench.client.registry.importModel(request)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: ['files[0].path', 'files[1].path', 'files[2].path', 'source', 'licence', 'batch_axis'].map(field => ({
        field,
      })),
    });
    await expect(bench.client.registry.importModel({ modelName: 'No Name' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(await remains('paths')).toEqual([]);
  });

  test("of another tenant's upload is not found", async () => {
    const uploadId = await uploadBytes(bench.client, 'model.onnx', 'mine');
    const files = [{ path: 'model.onnx', uploadId }];
    await expect(bench.stranger.registry.importModel({ modelName: 'stolen', files })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(bench.stranger.registry.getUpload({ uploadId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('because its caller has gone frees its place and leaves nothing behind', async () => {
    const uploadId = await uploadBytes(bench.client, 'model.onnx', 'hang');
    const files = [{ path: 'model.onnx', uploadId }];
    const abort = new AbortController();
    const calls = Array.from({ length: 3 }, () =>
      bench.client.registry
        .importModel({ modelName: 'hang', files }, { signal: abort.signal })
        .catch(error => error.code),
    );
    await expect.poll(async () => (await foldersOfImports()).length).toBe(2);
    abort.abort();
    expect(await Promise.all(calls)).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED']);
    await expect.poll(() => remains('hang')).toEqual([]);
    expect(await importFiles(bench.client, 'next', { 'model.onnx': 'good' })).toMatchObject({ created: true });
  });
});
