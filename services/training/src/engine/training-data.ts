import type { Tensor } from '@athanor/tensor';

/** Rows with their labels. */
export interface Split {
  /** [N, …] */
  readonly features: Tensor;
  /** [N]: index into the classes. */
  readonly labels: Int32Array;
}

export interface TrainingData {
  /** Name of the feature input, such as "image". */
  readonly inputName: string;
  readonly classes: readonly string[];
  readonly train: Split;
  readonly validation: Split;
}

export class InvalidTrainingData extends Error {
  override readonly name = 'InvalidTrainingData';
}

export function rowCount(split: Split): number {
  return split.labels.length;
}

/** Throws InvalidTrainingData. */
export function assertValidData(data: TrainingData): void {
  if (data.classes.length < 2) {
    throw new InvalidTrainingData(`classification needs at least 2 classes, received ${data.classes.length}`);
  }
  if (rowCount(data.train) === 0) throw new InvalidTrainingData('the training split has no rows');
  assertValidSplit('training', data.train, data.classes.length);
  assertValidSplit('validation', data.validation, data.classes.length);
  const [train, validation] = [rowType(data.train), rowType(data.validation)];
  if (train !== validation) {
    throw new InvalidTrainingData(`validation rows must be ${train} like training rows, received ${validation}`);
  }
}

export function assertValidSplit(name: string, { features, labels }: Split, classes: number): void {
  if (features.shape[0] !== labels.length) {
    throw new InvalidTrainingData(
      `the ${name} split has ${features.shape[0]} rows of features, ${labels.length} labels`,
    );
  }
  const wrong = labels.findIndex(label => label < 0 || label >= classes);
  if (wrong >= 0) {
    throw new InvalidTrainingData(
      `row ${wrong} of the ${name} split has label ${labels[wrong]}, expected 0 to ${classes - 1}`,
    );
  }
}

function rowType({ features }: Split): string {
  return `${features.dtype} [${features.shape.slice(1).join(',')}]`;
}
