import type { ModelConfig } from '@athanor/contracts/inference';
import type { BoundaryReshape } from '@athanor/onnx/files';

/** Inputs and outputs that clients see as `dims`, and the file has as `reshape`. */
export function reshapesOf(config: ModelConfig | undefined): BoundaryReshape[] {
  if (config === undefined) return [];
  const isBatched = config.maxBatchSize > 0;
  const ofRole = (role: BoundaryReshape['role'], values: ModelConfig['input'] | ModelConfig['output']) =>
    values.flatMap(({ name, dims, reshape }) =>
      reshape ? [{ role, name, dims, shape: reshape.shape, isBatched }] : [],
    );
  return [...ofRole('input', config.input), ...ofRole('output', config.output)];
}
