import { fromComponent } from '@athanor/contracts';
import type { TrainingJob } from '@athanor/contracts/training';
import type { ImageRows } from './export-images.js';
import { accuracyInPyTorch, writeRows, writeWork } from './pytorch.js';

/** Accuracy on the test split of the same job in PyTorch: the same rows, network, optimizer, schedule and augmentations. */
export async function accuracyOfTwin(python: string, home: string, job: TrainingJob, rows: ImageRows): Promise<number> {
  const { spec } = job;
  if (spec === null) throw new Error(`expected a spec of ${job.jobId}, received none`);
  const component = (of: Parameters<typeof fromComponent>[0] | null) => of && fromComponent(of);
  const work = await writeWork(home, {
    ...(await writeRows(home, rows)),
    ...{ epochs: spec.epochs, batch: spec.batchSize, seed: spec.seed },
    ...{ model: component(spec.model), optimizer: component(spec.optimizer), schedule: component(spec.schedule) },
    augmentations: spec.augmentations.map(fromComponent),
  });
  return await accuracyInPyTorch(python, 'pytorch_images.py', [work]);
}
