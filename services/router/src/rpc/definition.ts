import { serviceDefinition } from '@athanor/contracts';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { identity } from './forward.js';

const DECODED = new Set(['ServerLive', 'ServerReady', 'RepositoryModelLoad', 'RepositoryModelUnload']);

/** A service, with messages that are passed on as bytes. */
export function routerDefinition(key: 'inference' | 'inferenceStatus'): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(serviceDefinition(key)).map(([name, method]) => [
      name,
      DECODED.has(name) ? method : { ...method, requestDeserialize: identity, responseSerialize: identity },
    ]),
  );
}
