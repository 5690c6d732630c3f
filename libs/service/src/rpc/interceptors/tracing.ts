import { context as contexts, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { ServiceError } from '../../errors/index.js';
import { extractTraceparent } from '../../telemetry/index.js';
import type { Interceptor } from '../call-context.js';

/** A server span for each call, child of the caller's (semantic conventions: rpc). */
export function tracing(tracer: Tracer): Interceptor {
  return async (context, next) => {
    const parent = extractTraceparent(context.metadata('traceparent'));
    const attributes = { 'rpc.system.name': 'grpc', 'rpc.method': context.method.slice(1) };
    const span = tracer.startSpan(context.method.slice(1), { kind: SpanKind.SERVER, attributes }, parent);
    context.span = span;
    try {
      await contexts.with(trace.setSpan(parent, span), next);
      span.setAttribute('rpc.status_code', 'OK');
    } catch (error) {
      span.setAttribute('rpc.status_code', error instanceof ServiceError ? error.code : 'INTERNAL');
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
      throw error;
    } finally {
      span.end();
    }
  };
}
