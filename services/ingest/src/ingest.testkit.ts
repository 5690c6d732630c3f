/* Shared by the tests over gRPC: the app with a real NATS and an embedded database in a folder of the test's own. */
import { createStub, type Stub } from '@athanor/client';
import type { DatasetVersion, RecipeInput } from '@athanor/contracts/ingest';
// Imported by package name: the preparation thread runs the built files.
import { loadIngestConfig, startIngest } from '@athanor/ingest';
import type { ServiceApp } from '@athanor/service';
import { createTestCredentials, type TestCredentials, testEnvironment } from '@athanor/service/testing';
import { startNats, type TestNats, temporaryDirectory } from '@athanor/testkit';

export interface Bench {
  readonly app: ServiceApp;
  readonly folder: string;
  readonly nats: TestNats;
  readonly credentials: TestCredentials;
  readonly environment: Readonly<Record<string, string>>;
  /** Of tenant "acme", whose stub `ingest` is. */
  readonly key: string;
  readonly ingest: Stub<'ingest'>;
  /** Key of another tenant. */
  readonly stranger: Stub<'ingest'>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startBench(env: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const folder = await temporaryDirectory('ingest');
  const nats = await startNats();
  const credentials = await createTestCredentials(folder.path);
  const keys = {
    acme: await credentials.addKey({ tenant: 'acme' }),
    other: await credentials.addKey({ tenant: 'other' }),
  };
  const environment = { ...testEnvironment({ credentials, nats, folder: folder.path }), ...env };
  const start = () => startIngest({ config: loadIngestConfig(environment) });
  let app = await start();
  const stub = (credential: string) => createStub('ingest', { address: `127.0.0.1:${app.port}`, credential });
  let [ingest, stranger] = [stub(keys.acme), stub(keys.other)];
  const close = async () => {
    ingest.close();
    stranger.close();
    await app.stop();
  };
  return {
    ...{ folder: folder.path, nats, credentials, environment, key: keys.acme },
    get app() {
      return app;
    },
    get ingest() {
      return ingest;
    },
    get stranger() {
      return stranger;
    },
    async restart() {
      await close();
      app = await start();
      [ingest, stranger] = [stub(keys.acme), stub(keys.other)];
    },
    async stop() {
      await close();
      await nats.stop();
      await folder.remove();
    },
  };
}

export interface TestSource {
  readonly content: Uint8Array;
  readonly filename?: string;
  readonly role?: 'ROLE_FEATURES' | 'ROLE_LABELS';
  readonly partition?: 'train' | 'test';
}

/** Uploads bytes in pieces. */
export async function upload(ingest: Stub<'ingest'>, content: Uint8Array, filename = 'f.bin'): Promise<string> {
  const created = await ingest.createUpload({ filename, byteSize: content.length });
  const { uploadId } = created.upload!;
  await ingest.writeUpload(pieces(uploadId, content));
  return uploadId;
}

export async function* pieces(uploadId: string, content: Uint8Array, offset = 0, pieceBytes = 256 * 1024) {
  yield { uploadId, offset };
  for (let begin = offset; begin < content.length; begin += pieceBytes) {
    yield { chunk: Buffer.from(content.subarray(begin, begin + pieceBytes)) };
  }
}

/** Uploads the sources, creates the dataset if it is new, and watches the version until it ends. */
export async function makeVersion(
  ingest: Stub<'ingest'>,
  datasetId: string,
  options: { readonly sources: readonly TestSource[]; readonly recipe: RecipeInput },
): Promise<DatasetVersion> {
  await ingest.createDataset({ datasetId }).catch(() => undefined);
  const sources = [];
  for (const { content, filename, role = 'ROLE_FEATURES', partition = 'train' } of options.sources) {
    sources.push({ uploadId: await upload(ingest, content, filename ?? `${partition}-${role}`), role, partition });
  }
  const { datasetVersion } = await ingest.createDatasetVersion({ datasetId, sources, recipe: options.recipe });
  return await watchToEnd(ingest, datasetId, datasetVersion!.version);
}

export async function watchToEnd(ingest: Stub<'ingest'>, datasetId: string, version: number): Promise<DatasetVersion> {
  let last: DatasetVersion | null = null;
  for await (const { datasetVersion } of ingest.watchDatasetVersion({ datasetId, version })) last = datasetVersion;
  return last!;
}

/** An IDX file of unsigned bytes. */
export function idxFile(dimensions: readonly number[], values: Uint8Array | readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x0800 + dimensions.length, 0);
  for (const [index, size] of dimensions.entries()) header.writeUInt32BE(size, 4 + 4 * index);
  return Buffer.concat([header, Buffer.from(values)]);
}
