import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { int64, type Tensor, tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import { instructionSet } from './instruction-set.js';
import { doubleModel, identitiesModel } from './models.testkit.js';
import { openSession, runtimeVersion } from './session.js';

const options = { intraOpThreads: 1 };

test('a session has a signature and computes', async () => {
  const session = await openSession(doubleModel, options);
  expect(session.inputs).toEqual([{ name: 'x', dtype: 'FP32', shape: ['batch', 2] }]);
  const { y } = await session.run({ x: tensor('FP32', [1, 2], Float32Array.of(1, 2)) });
  expect(y).toEqual(tensor('FP32', [1, 2], Float32Array.of(2, 4)));
  await session.release();
});

test('a model is loaded from a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'session-'));
  const path = join(folder, 'model.onnx');
  writeFileSync(path, doubleModel);
  const session = await openSession({ path }, options);
  expect(session.outputs).toEqual([{ name: 'y', dtype: 'FP32', shape: ['batch', 2] }]);
  await session.release();
  rmSync(folder, { recursive: true });
  await expect(openSession({ path }, options)).rejects.toMatchObject({ code: 'INVALID_MODEL' });
});

test('every dtype passes through unchanged', async () => {
  const feeds: Record<string, Tensor> = {
    int64: int64([2], [-1n, 2n ** 62n]),
    bool: tensor('BOOL', [1], Uint8Array.of(1)),
    bytes: tensor('BYTES', [2], ['ä', '']),
    fp16: tensor('FP16', [1], Uint16Array.of(0x3c00)),
    uint8: tensor('UINT8', [2], Uint8Array.of(0, 255)),
    fp64: tensor('FP64', [1], Float64Array.of(Math.PI)),
  };
  const session = await openSession(identitiesModel, options);
  const outputs = await session.run(feeds);
  for (const name in feeds) {
    expect(outputs[`same_${name}`]?.dtype).toBe(feeds[name]!.dtype);
    expect([...(outputs[`same_${name}`]!.data as Iterable<unknown>)]).toEqual([...feeds[name]!.data]);
  }
  await session.release();
});

test('bytes that are not a model are refused with a code', async () => {
  await expect(openSession(Uint8Array.of(1, 2, 3), options)).rejects.toMatchObject({ code: 'INVALID_MODEL' });
});

test('a wrong shape is a failed run that names the input', async () => {
  const session = await openSession(doubleModel, options);
  const run = session.run({ x: tensor('FP32', [1, 3], new Float32Array(3)) });
  await expect(run).rejects.toMatchObject({ code: 'RUN_FAILED', message: expect.stringContaining('x') });
  await session.release();
});

test('concurrently opened sessions are all created', async () => {
  const sessions = await Promise.all([1, 2, 3].map(() => openSession(doubleModel, options)));
  expect(sessions).toHaveLength(3);
  await Promise.all(sessions.map(session => session.release()));
});

test('the runtime and the CPU are identified', () => {
  expect(runtimeVersion).toMatch(/^\d+\.\d+\.\d+$/);
  if (process.arch === 'x64') expect(instructionSet('flags\t\t: fpu avx avx2 sse4_1')).toBe('x64-avx2');
});
