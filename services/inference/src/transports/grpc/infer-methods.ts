import { answer, decode } from './answer.js';
import type { InferenceDependencies, InferenceMethods } from './dependencies.js';
import { streamInfer } from './stream-infer.js';

type InferMethods = Pick<InferenceMethods, 'modelInfer' | 'modelStreamInfer'>;

export function inferMethods({ plane }: InferenceDependencies): InferMethods {
  return {
    modelInfer: async (bytes, context) => await answer(decode(bytes), { plane, context }),
    modelStreamInfer: (requests, context) => streamInfer(requests, { plane, context }),
  };
}
