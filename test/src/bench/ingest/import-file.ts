import { uploadFile } from '@athanor/client';
import type { TestMesh } from '../../mesh/test-mesh.js';
import { watchPeakMemory } from './peak-memory.js';

export interface ImportRun {
  readonly uploadSeconds: number;
  /** From the request to the version that is READY. */
  readonly seconds: number;
  /** Of all processes of the mesh. */
  readonly mib: number | undefined;
}

let imports = 0;

/** Uploads and imports a file as a new dataset, which is deleted afterwards. */
export async function importFile({ client, supervisor }: TestMesh, path: string, target: string): Promise<ImportRun> {
  const datasetId = `bench-${++imports}`;
  await client.ingest.createDataset({ datasetId });
  const begun = performance.now();
  const { uploadId } = await uploadFile(client.ingest, path);
  const uploaded = performance.now();
  const memory = watchPeakMemory(supervisor.pid as number);
  const sources = [{ uploadId, role: 'ROLE_FEATURES', partition: 'train' } as const];
  await client.ingest.createDatasetVersion({ datasetId, sources, recipe: { targets: [target] } });
  for await (const { datasetVersion } of client.ingest.watchDatasetVersion({ datasetId, version: 1 })) {
    if (datasetVersion?.state === 'STATE_FAILED') throw new Error(datasetVersion.preparation?.error?.message);
  }
  const seconds = (performance.now() - uploaded) / 1000;
  const mib = memory.stop();
  await client.ingest.deleteDataset({ datasetId });
  return { uploadSeconds: (uploaded - begun) / 1000, seconds, mib };
}
