import { randomUUID } from 'node:crypto';
import { methodRule, type ServiceKey, type ServiceStub, serviceDefinition } from '@athanor/contracts';
import type { MethodDefinition } from '@grpc/grpc-js';
import type { CallOptions } from './call-options.js';
import { type ChannelOptions, DEFAULT_TIMEOUT_MS, openChannel } from './channel.js';
import type { Invocation } from './invocation.js';
import { invokeDuplex, invokeUnary, invokeWithRequests, invokeWithResponses } from './invoke.js';

export type Stub<K extends ServiceKey> = ServiceStub<K, CallOptions> & { close(): void };

/** The methods of a service as functions. Connects on first use. */
export function createStub<K extends ServiceKey>(key: K, channel: ChannelOptions): Stub<K> {
  const { client, outages, close } = openChannel(key, channel);
  const stub: Record<string, unknown> = { close };
  for (const [name, method] of Object.entries(serviceDefinition(key))) {
    stub[name.charAt(0).toLowerCase() + name.slice(1)] = (input: unknown, options: CallOptions = {}) =>
      invoke(input, {
        ...{ service: key, client, outages, method, channel, options },
        defaultTimeoutMs: timeoutOf(method, channel),
      });
  }
  return stub as Stub<K>;
}

function timeoutOf(method: MethodDefinition<unknown, unknown>, channel: ChannelOptions): number | undefined {
  const isStream = method.requestStream || method.responseStream;
  return isStream ? undefined : (channel.defaultTimeoutMs ?? DEFAULT_TIMEOUT_MS);
}

function invoke(input: unknown, invocation: Invocation): unknown {
  const { requestStream, responseStream } = invocation.method;
  if (requestStream && responseStream) return invokeDuplex(input as AsyncIterable<unknown>, invocation);
  if (requestStream) return invokeWithRequests(input as AsyncIterable<unknown>, invocation);
  if (responseStream) return invokeWithResponses(input, invocation);
  return invokeUnary(methodRule(invocation.method.path)?.hasRequestId ? withRequestId(input) : input, invocation);
}

/** A call that gRPC may retry needs an id by which its server recognizes it (https://google.aip.dev/155). */
function withRequestId(input: unknown): unknown {
  const request = input as { readonly requestId?: string };
  return request.requestId ? request : { ...request, requestId: randomUUID() };
}
