import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AthanorClient, RpcError, uploadFile } from '@athanor/client';
import { describe, expect, it } from 'vitest';
import { eventually } from '../mesh/main-job.js';
import { writeClassifier } from '../mesh/onnx-model.js';
import { removeHome, startMesh, temporaryHome } from '../mesh/test-mesh.js';

// The registry is killed with SIGKILL at a named point of an import, while a client only retries its calls.

const CRASHES = 2;
const UNAVAILABLE = ['UNAVAILABLE', 'CANCELLED', 'INTERNAL', 'UNKNOWN'];

/** As long as the other proofs wait for a service that is killed repeatedly. */
const TIMEOUT_MS = 60_000;

/** Retries a call while the registry restarts. */
function repeat<T>(what: string, call: () => Promise<T>): Promise<T> {
  const once = () =>
    call().catch((error: unknown) => {
      if (error instanceof RpcError && UNAVAILABLE.includes(error.code)) return undefined;
      throw error;
    });
  return eventually(what, once, TIMEOUT_MS);
}

async function importOnce(client: AthanorClient, model: string, name: string): Promise<number> {
  const upload = () => uploadFile(client.registry, model, { requestId: `upload-${name}` });
  const { uploadId } = await repeat('the upload', upload);
  const files = [{ path: 'model.onnx', uploadId }];
  const request = { requestId: `import-${name}`, modelName: name, files, source: model };
  const { modelVersion } = await repeat('the import', () => client.registry.importModel(request));
  return modelVersion?.version ?? 0;
}

/** Declares a test for each point. */
export function proveImportCrashes(points: readonly string[]): void {
  describe.each(points)('a crash at %s', point => {
    it('leaves one version with one edge of its lineage and one event', async () => {
      const home = await temporaryHome('import-crash');
      const budget = join(home, 'crashes-left');
      await writeFile(budget, String(CRASHES));
      const mesh = await startMesh({ home, env: { ATHANOR_CRASH_POINT: point, ATHANOR_CRASH_BUDGET_FILE: budget } });
      try {
        const folder = await writeClassifier(join(home, 'model'), '');
        const { client } = mesh;
        // Points after a commit are passed once per import.
        for (let round = 1; Number(await readFile(budget, 'utf8')) > 0; round++) {
          expect(round, 'imports without a crash').toBeLessThanOrEqual(CRASHES);
          const name = `model-${round}`;
          expect(await importOnce(client, join(folder, 'model.onnx'), name)).toBe(1);
          const { modelVersions } = await repeat('the versions', () =>
            client.registry.listModelVersions({ modelName: name }),
          );
          expect(modelVersions.map(({ version }) => version)).toEqual([1]);
          const versionDigest = modelVersions[0]?.digest ?? '';
          const { edges } = await repeat('the lineage', () =>
            client.registry.getLineage({ versionDigest, modelName: name }),
          );
          expect(edges.map(({ relation }) => relation)).toEqual(['imported_from']);
          const registered = async () => {
            let count = 0;
            for await (const { event } of client.events.tailEvents({ fromBeginning: true, stopAtEnd: true }))
              if (event?.type === 'model.version.registered' && event.dataJson.includes(`"${name}"`)) count++;
            return count || undefined;
          };
          expect(await eventually('the event', registered)).toBe(1);
        }
      } finally {
        await mesh.stop();
        await removeHome(home);
      }
    }, 120_000);
  });
}
