import { EventEmitter } from 'node:events';
import type {
  ServerDuplexStream,
  ServerUnaryCall,
  ServiceDefinition,
  sendUnaryData,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { ServiceError } from '../errors/index.js';
import { readAdmission } from './admission/admission.js';
import type { RequestBody } from './admission/request-body.js';
import { CallAbort } from './call-abort.js';
import { CallContext } from './call-context.js';
import type { CallsInFlight } from './calls-in-flight.js';
import { type AdapterOptions, isCertified } from './grpc-adapter.js';
import { stopping } from './idle-timer.js';
import { toStatus } from './status.js';

type RawCall = ServerUnaryCall<unknown, unknown> & ServerDuplexStream<unknown, unknown>;
type RawHandler = (call: RawCall, callback?: sendUnaryData<unknown>) => void;

/** Puts the interceptors in front of a third-party grpc-js implementation, such as health and reflection. */
export function guardService(
  definition: ServiceDefinition,
  implementation: UntypedServiceImplementation,
  { intercept, log, calls }: AdapterOptions,
): UntypedServiceImplementation {
  const guarded: Record<string, RawHandler> = {};
  for (const [name, { path, requestStream, responseStream, originalName = name }] of Object.entries(definition)) {
    // Named like the method or in camelCase; grpc-js allows both.
    const handler = (implementation[name] ?? implementation[originalName]) as RawHandler;
    guarded[name] = (call, callback) => {
      const { principal, body } = readAdmission(call.metadata);
      const context = new CallContext({
        method: path,
        isStream: requestStream || responseStream,
        metadata: key => call.metadata.get(key)[0]?.toString(),
        isCertified: () => isCertified(call),
        deadlineMs: Number.POSITIVE_INFINITY,
        abort: new CallAbort(),
        log,
      });
      if (principal !== undefined) context.principal = principal;
      const refuse = (error: ServiceError) =>
        callback ? callback(toStatus(error)) : call.emit('error', toStatus(error));
      if (callback === undefined) endOnShutdown(call, calls);
      if (requestStream) releaseRequests(call, body);
      intercept(context, async () => handler(call, callback)).catch(refuse);
    };
  }
  return guarded as UntypedServiceImplementation;
}

/** A third-party implementation has handled a request when its 'data' listener returns: its bytes count until then. */
function releaseRequests(call: RawCall, body: RequestBody): void {
  // Readable's own on() would start to read before the implementation listens.
  EventEmitter.prototype.on.call(call, 'data', () => body.release());
}

/** Watchers never end by themselves: a stopping server ends them. */
function endOnShutdown(call: RawCall, calls: CallsInFlight): void {
  const remove = calls.addWatcher(() => call.emit('error', toStatus(stopping())));
  call.once('cancelled', remove).once('finish', remove);
}
