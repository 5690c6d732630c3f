import type { Meter } from '@opentelemetry/api';
import { ServiceError } from '../../errors/index.js';
import type { Interceptor } from '../call-context.js';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Duration of each call by method and status (semantic conventions: rpc.server.call.duration, in seconds). */
export function metrics(meter: Meter): Interceptor {
  const duration = meter.createHistogram('rpc.server.call.duration', {
    description: 'Duration of served calls.',
    unit: 's',
    advice: { explicitBucketBoundaries: SECONDS },
  });
  return async (context, next) => {
    const start = performance.now();
    let status = 'OK';
    try {
      await next();
    } catch (error) {
      status = error instanceof ServiceError ? error.code : 'INTERNAL';
      throw error;
    } finally {
      const attributes = {
        'rpc.system.name': 'grpc',
        'rpc.method': context.method.slice(1),
        'rpc.status_code': status,
      };
      duration.record((performance.now() - start) / 1000, attributes);
    }
  };
}
