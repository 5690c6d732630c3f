// An imported model, in a process of its own: it may hang, crash or take all memory, and then only this job fails.

import { fromComponent } from '@athanor/contracts';
import { createProcessRunner, LimitExceeded, RuntimeFailure, withinLimits } from '@athanor/runtime';
import type { RawSplit } from '../features/raw-split.js';
import { bindTargets } from './bind-targets.js';
import type { EvaluatedModel } from './evaluation.js';
import { inputTensor } from './imported-inputs.js';
import { readScores } from './imported-scores.js';
import { memoryLimit } from './memory-limit.js';
import { fetchModelFiles } from './model-files.js';
import type { ModelWork } from './model-of-job.js';

const LOAD_TIMEOUT_MS = 300_000;
const RUN_TIMEOUT_MS = 60_000;
/** Of the memory that this process may use. */
const MEMORY_SHARE = 0.75;

/** The model could not be loaded or run; it would fail so every time. */
class ImportedModelFailure extends Error {
  override readonly name = 'ImportedModelFailure';
}

export async function openImportedModel(work: ModelWork): Promise<EvaluatedModel> {
  const { spec, data, provider, signal, closing } = work;
  const imported = spec.evaluated!.imported!;
  const scores = imported.scores!;
  const bound = bindTargets(data, spec.targets, {
    task: fromComponent(spec.task!),
    ...(scores.classes.length > 0 && { classes: scores.classes }),
  });
  const { path, remove } = await fetchModelFiles(work.client, imported.files);
  closing.push(remove);
  const runner = createProcessRunner();
  closing.push(() => runner.close().catch(() => undefined));
  const limited = async <T>(timeoutMs: number, call: () => Promise<T>): Promise<T> => {
    try {
      return await withinLimits(runner, { timeoutMs, memoryMb: memoryMb(), signal }, call);
    } catch (cause) {
      const isOfModel = cause instanceof LimitExceeded || (cause instanceof RuntimeFailure && cause.code !== 'NO_GPU');
      if (!isOfModel) throw cause;
      const { modelName, version } = imported;
      throw new ImportedModelFailure(`${modelName} v${version}: ${cause.message}`, { cause });
    }
  };
  const options = { intraOpThreads: spec.cpuThreads, provider };
  const { handle } = await limited(LOAD_TIMEOUT_MS, () => runner.load({ path }, options));
  const { batchSize } = imported;
  async function predict(split: RawSplit): Promise<Float32Array> {
    const width = bound.task.scores.width;
    const all = new Float32Array(split.rows * width);
    for (let begin = 0; begin < split.rows && !signal.aborted; begin += batchSize) {
      const end = Math.min(begin + batchSize, split.rows);
      const inputs = imported.inputs.map(input => [input.input, inputTensor(input, { data, split, begin, end })]);
      const outputs = await limited(RUN_TIMEOUT_MS, () => runner.run(handle, Object.fromEntries(inputs)));
      all.set(readScores(outputs[scores.output], scores, { rows: end - begin, width, firstRow: begin }), begin * width);
    }
    return all;
  }
  return { data: bound.data, task: bound.task, batchSize, predict };
}

function memoryMb(): number {
  return (memoryLimit() * MEMORY_SHARE) / 2 ** 20;
}
