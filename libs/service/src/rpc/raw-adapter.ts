import type {
  ServerDuplexStream,
  ServerUnaryCall,
  ServiceDefinition,
  sendUnaryData,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { ServiceError } from '../errors/index.js';
import { CallContext } from './call-context.js';
import type { AdapterOptions } from './grpc-adapter.js';
import { toStatus } from './status.js';

type RawCall = ServerUnaryCall<unknown, unknown> & ServerDuplexStream<unknown, unknown>;
type RawHandler = (call: RawCall, callback?: sendUnaryData<unknown>) => void;

/** Puts the interceptors in front of a foreign grpc-js implementation, for example reflection's: they admit or refuse. */
export function guardService(
  definition: ServiceDefinition,
  implementation: UntypedServiceImplementation,
  { intercept, log }: AdapterOptions,
): UntypedServiceImplementation {
  const guarded: Record<string, RawHandler> = {};
  for (const [name, { path, requestStream, responseStream }] of Object.entries(definition)) {
    const handler = implementation[name] as RawHandler;
    guarded[name] = (call, callback) => {
      const context = new CallContext({
        method: path,
        isStream: requestStream || responseStream,
        metadata: key => call.metadata.get(key)[0]?.toString(),
        deadlineMs: Number.POSITIVE_INFINITY,
        abort: new AbortController(),
        log,
      });
      const refuse = (error: ServiceError) =>
        callback ? callback(toStatus(error)) : call.emit('error', toStatus(error));
      intercept(context, async () => handler(call, callback)).catch(refuse);
    };
  }
  return guarded as UntypedServiceImplementation;
}
