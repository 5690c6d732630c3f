import type { Telemetry } from '../../telemetry/index.js';
import type { Interceptor } from '../call-context.js';
import { deadline } from './deadline.js';
import { errorMapping } from './error-mapping.js';
import { logging } from './logging.js';
import { metrics } from './metrics.js';
import { requestId } from './request-id.js';
import { tracing } from './tracing.js';

export interface InterceptorOptions {
  readonly telemetry: Telemetry;
  readonly defaultDeadlineMs: number;
}

/** The interceptors of every call, outermost first. Authentication and authorization happen before (`admission`). */
export function defaultInterceptors(options: InterceptorOptions): Interceptor[] {
  const { telemetry, defaultDeadlineMs } = options;
  return [
    requestId,
    tracing(telemetry.tracer),
    metrics(telemetry.meter),
    logging,
    errorMapping,
    deadline(defaultDeadlineMs),
  ];
}
