/* Uploads and imports for the registry's tests, and a check that knows a model by its bytes. */

import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AthanorClient } from '@athanor/client';
import type { ImportModelRequestInput } from '@athanor/contracts/registry';
import type { CheckedModel, CheckModel } from './imports/checked-model.js';

export class ImportRefusal extends Error {
  override readonly name = 'ImportRefusal';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const tensor = (name: string, datatype: string) => ({ name, datatype, shape: [-1, 2], axes: ['batch', ''] });

/**
 * Serves model.onnx with a header of its own; "refuse …" is refused, "hang" waits until it is aborted. labels.txt is
 * a recommendation.
 */
export const checkByContent: CheckModel = async ({ folder, scratch, batchAxis, signal }): Promise<CheckedModel> => {
  const content = await readFile(join(folder, 'model.onnx'), 'utf8');
  if (content.startsWith('refuse')) throw new ImportRefusal('CUSTOM_OPERATOR', `model.onnx: ${content}`);
  if (content.startsWith('hang'))
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const path = join(scratch, 'model.onnx');
  await writeFile(path, `served ${content}`);
  const names = await readdir(folder);
  const labels = names.includes('labels.txt')
    ? (await readFile(join(folder, 'labels.txt'), 'utf8')).split('\n')
    : undefined;
  return {
    files: [{ name: 'model.onnx', path }],
    signature: { inputs: [tensor('x', 'FP32')], outputs: [tensor('y', 'FP32')] },
    batching: { enabled: batchAxis !== -1, maxBatchSize: 8, reason: 'a probe with 1 and 3 rows gave equal rows' },
    recommendedServing: labels && {
      scheduler: { kind: 'dynamic', parameters: { maxBatchSize: 8 }, version: 0 },
      labels: { outputs: [{ output: 'y', labels }] },
      ...(content.startsWith('greedy') && { instances: 1_000 }),
    },
    changes: ["the ZipMap output 'probabilities' is its tensor"],
    notes: ['config.pbtxt: rate_limiter is not applied'],
  };
};

export function sha256(bytes: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** @returns the upload's id. */
export async function uploadBytes({ registry }: AthanorClient, filename: string, content: string): Promise<string> {
  const chunk = Buffer.from(content);
  const { upload } = await registry.createUpload({ filename, byteSize: chunk.length, digest: sha256(chunk) });
  const { uploadId } = upload!;
  await registry.writeUpload(
    (async function* () {
      yield { uploadId, offset: 0, chunk };
    })(),
  );
  return uploadId;
}

/** Uploads files by path and imports them. */
export async function importFiles(
  client: AthanorClient,
  modelName: string,
  files: Readonly<Record<string, string>>,
  more: ImportModelRequestInput = {},
) {
  const uploaded = await Promise.all(
    Object.entries(files).map(async ([path, content]) => ({
      path,
      uploadId: await uploadBytes(client, path, content),
    })),
  );
  const requestId = randomBytes(8).toString('hex');
  return await client.registry.importModel({ requestId, modelName, files: uploaded, source: './model.onnx', ...more });
}
