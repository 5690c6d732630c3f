import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { component, eventually, waitForJob } from '../mesh/main-job.js';
import { classifierBytes } from '../mesh/onnx-model.js';
import { runAthanor } from '../mesh/run-athanor.js';
import { removeHome, startMesh, temporaryHome, waitUntilGone } from '../mesh/test-mesh.js';

// Rows that run alone take long enough that the mesh stops while they are evaluated.
const ROWS = 6_000;

let home: string;

beforeAll(async () => {
  home = await temporaryHome('evaluation-restart');
});
afterAll(() => removeHome(home));

describe('a mesh that is stopped while an imported version is evaluated', () => {
  it('bug: ended the job as failed with "This operation was aborted"; the next up evaluates it', async () => {
    const first = await startMesh({ home });
    const rows = Array.from({ length: ROWS }, (_, row) => `${row % 101},${row % 89},${row % 7},${row % 5},${row % 3}`);
    await writeFile(join(home, 'rows.csv'), `u,v,p,q,r\n${rows.join('\n')}\n`);
    await writeFile(join(home, 'model.onnx'), classifierBytes());
    const athanor = (...args: string[]) => runAthanor(['--home', home, ...args]);
    const dataset = await athanor('dataset', 'import', 'rows', join(home, 'rows.csv'), '--target', 'p,q,r');
    expect(dataset.code, dataset.stderr).toBe(0);
    const imported = await athanor('model', 'import', 'm', join(home, 'model.onnx'), '--batch-axis', '-1');
    expect(imported.code, imported.stderr).toBe(0);
    const { job } = await first.client.training.createTrainingJob({
      modelName: 'm',
      spec: {
        datasetId: 'rows',
        targets: ['p', 'q', 'r'],
        task: component('regression', {}),
        evaluated: { imported: { modelName: 'm', version: 1, inputs: [{ input: 'x', columns: ['u', 'v'] }] } },
      },
    });
    const jobId = job!.jobId;
    await eventually('the evaluation', async () => {
      const running = await first.client.training.getTrainingJob({ jobId });
      return running.job?.phase === 'EVALUATING';
    });
    await first.stop();
    await waitUntilGone(first.state);
    const second = await startMesh({ home, portBase: first.portBase });
    const ended = await waitForJob(second.client, jobId);
    await second.stop();
    expect(ended.error).toBeNull();
    expect(ended.state).toBe('STATE_SUCCEEDED');
    expect(ended.attempts.map(({ state }) => state)).toEqual(['STATE_FINISHED', 'STATE_FINISHED']);
  }, 180_000);
});
