import { type RpcCode, RpcError } from '@athanor/client';
import { expect, test } from 'vitest';
import { type Made, removeMade, whenPrepared } from './remove-made.js';

const lines: string[] = [];
const terminal = { out: () => undefined, err: (text: string) => void lines.push(text), isTTY: false, columns: 80 };

test('resources are removed newest first; missing ones and ones in use are no failure, and the first failure is thrown', async () => {
  const calls: string[] = [];
  const made = (what: string, code?: RpcCode): Made => ({
    what,
    async remove() {
      calls.push(what);
      if (code !== undefined) throw new RpcError({ code, message: `${what}: ${code}`, method: '/a/Delete' });
    },
  });
  const all = [made('dataset'), made('gone', 'NOT_FOUND'), made('model', 'FAILED_PRECONDITION')];
  await removeMade(all, terminal);
  expect(calls).toEqual(['model', 'gone', 'dataset']);
  expect(lines).toEqual(['The model stays: model: FAILED_PRECONDITION\n']);
  const failing = removeMade([made('dataset', 'INTERNAL'), ...all, made('deployment', 'UNAVAILABLE')], terminal);
  await expect(failing).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(calls.slice(3)).toEqual(['deployment', 'model', 'gone', 'dataset', 'dataset']);
});

test('bug: a dataset that was being prepared was never removed', async () => {
  let asked = 0;
  const preparing = new RpcError({
    ...{ code: 'FAILED_PRECONDITION', message: 'version 1 is PREPARING', method: '/a/Delete' },
    details: { reason: 'DATASET_PREPARING' },
  });
  const remove = async () => (++asked < 3 ? Promise.reject(preparing) : 'deleted');
  expect(await whenPrepared(remove, 1)).toBe('deleted');
  await expect(whenPrepared(() => Promise.reject(preparing), 1)).rejects.toBe(preparing);
});
