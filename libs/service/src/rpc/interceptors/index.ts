import type { Authenticate } from '../../auth/index.js';
import type { Telemetry } from '../../telemetry/index.js';
import type { Interceptor } from '../call-context.js';
import { auth } from './auth.js';
import { deadline } from './deadline.js';
import { errorMapping } from './error-mapping.js';
import { logging } from './logging.js';
import { metrics } from './metrics.js';
import { permission } from './permission.js';
import { requestId } from './request-id.js';
import { tracing } from './tracing.js';

export interface InterceptorOptions {
  readonly telemetry: Telemetry;
  readonly authenticate: Authenticate;
  readonly defaultDeadlineMs: number;
}

/** All that happens around every call, outermost first. */
export function defaultInterceptors({ telemetry, authenticate, defaultDeadlineMs }: InterceptorOptions): Interceptor[] {
  return [
    requestId,
    tracing(telemetry.tracer),
    metrics(telemetry.meter),
    logging,
    errorMapping,
    auth(authenticate),
    permission,
    deadline(defaultDeadlineMs),
  ];
}
