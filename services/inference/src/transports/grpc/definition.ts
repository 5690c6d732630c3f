import { serviceDefinition } from '@athanor/contracts';
import type { ServiceDefinition } from '@grpc/grpc-js';

const identity = (bytes: Buffer): Buffer => bytes;

/**
 * The service with ModelInfer and ModelStreamInfer as bytes: their handlers decode after the caller was admitted, and
 * encode themselves.
 */
export function inferenceDefinition(): ServiceDefinition {
  const definition = serviceDefinition('inference');
  const inBytes = { requestDeserialize: identity, responseSerialize: identity };
  const { ModelInfer, ModelStreamInfer } = definition;
  return {
    ...definition,
    ModelInfer: { ...ModelInfer!, ...inBytes },
    ModelStreamInfer: { ...ModelStreamInfer!, ...inBytes },
  };
}
