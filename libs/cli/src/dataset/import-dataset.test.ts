import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AthanorClient, RpcError } from '@athanor/client';
import { expect, it } from 'vitest';
import { importDataset } from './import-dataset.js';

it('bug: a dataset with a wrong name was uploaded completely before the name was refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-import-'));
  const path = join(folder, 'rows.csv');
  await writeFile(path, 'a,y\n1,p\n');
  const calls: string[] = [];
  const refuse = (name: string) => async () => {
    calls.push(name);
    throw new RpcError({ code: 'INVALID_ARGUMENT', message: 'dataset_id: expected …', method: `/i/${name}` });
  };
  const ingest = { createDataset: refuse('createDataset'), createUpload: refuse('createUpload') };
  const client = { ingest } as unknown as AthanorClient;
  const terminal = { out: () => undefined, err: () => undefined, isTTY: false, columns: 80 };
  const request = { client, terminal, name: 'Bad_Name', paths: [path], options: {} };
  await expect(importDataset(request)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(calls).toEqual(['createDataset']);
  await rm(folder, { recursive: true });
});
