import { type Context, context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { core } from '@opentelemetry/sdk-node';

// W3C Trace Context (https://www.w3.org/TR/trace-context/), carried by gRPC metadata and NATS headers alike.

const propagator = new core.W3CTraceContextPropagator();

/** The context that a remote "traceparent" names; the root context where it is absent or malformed. */
export function extractTraceparent(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  return propagator.extract(ROOT_CONTEXT, { traceparent }, { get: (carrier, key) => carrier[key], keys: Object.keys });
}

/** The "traceparent" of a span; undefined for one that is not valid. */
export function traceparentOf(span: Span | undefined): string | undefined {
  if (span === undefined) return undefined;
  const carrier: Record<string, string> = {};
  propagator.inject(trace.setSpan(context.active(), span), carrier, {
    set: (target, key, value) => {
      target[key] = value;
    },
  });
  return carrier.traceparent;
}
