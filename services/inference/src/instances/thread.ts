import { createThreadRunner, type ModelSource, type SessionOptions } from '@athanor/runtime';
import { type Instance, InstanceLost } from './instance.js';
import { isRunnerGone, toRunError } from './run-error.js';

// ONNX Runtime does not guarantee that sessions can be created at the same time in one process (microsoft/onnxruntime#27089).
let lastLoad: Promise<unknown> = Promise.resolve();

/** A model in a worker thread of its own. Only for graphs that were built here, because a thread cannot be ended. */
export async function startThreadInstance(model: ModelSource, options: SessionOptions): Promise<Instance> {
  const runner = createThreadRunner();
  const loading = lastLoad.then(() => runner.load(model, options));
  lastLoad = loading.catch(() => undefined);
  const { handle } = await loading.catch(async (error: unknown) => {
    await runner.close();
    throw error;
  });
  return {
    pid: 0,
    async execute(inputs) {
      try {
        return await runner.run(handle, inputs);
      } catch (error) {
        if (isRunnerGone(error)) throw new InstanceLost((error as Error).message, { cause: error });
        throw toRunError(error);
      }
    },
    memoryBytes: () => undefined,
    stop: () => runner.close(),
    kill: () => void runner.close(),
    lost: runner.lost.then(error => new InstanceLost(error.message, { cause: error })),
  };
}
