import { spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '@athanor/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeLeftovers, withScratchFolder } from './scratch-folders.js';

let parent: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeAll(async () => {
  parent = await temporaryDirectory('scratch');
});
afterAll(() => parent.remove());

test('a folder is removed with its content, also if the work fails', async () => {
  const work = async (folder: string) => {
    await writeFile(join(folder, 'model.onnx'), 'x');
    throw new Error('refused');
  };
  await expect(withScratchFolder(work, parent.path)).rejects.toThrow('refused');
  expect(await readdir(parent.path)).toEqual([]);
});

test('left-overs of processes that have ended are removed; running imports and other folders stay', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  for (const name of [
    `athanor-model-import-${pid}-123-abc`,
    `athanor-model-import-${process.pid}-1-abc`,
    'athanor-plan-x',
  ])
    await mkdir(join(parent.path, name, 'artifact'), { recursive: true });
  await withScratchFolder(async folder => {
    expect(await removeLeftovers(parent.path)).toBe(2);
    expect((await readdir(parent.path)).sort()).toEqual([folder.split('/').at(-1), 'athanor-plan-x'].sort());
  }, parent.path);
});
