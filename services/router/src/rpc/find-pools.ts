import { type CallContext, ServiceError } from '@athanor/service';
import type { Route } from '../routes/route-table.js';
import { readModelName } from '../wire/text-fields.js';
import type { RouterDependencies } from './dependencies.js';
import type { GrpcPool } from './grpc-endpoint.js';

export interface RouteScope extends Pick<RouterDependencies, 'table' | 'refresh'> {
  readonly context: CallContext;
}

/**
 * The pools that serve a request's model. Asks the registry again before it throws NOT_FOUND, because the model may be
 * new.
 */
export async function findPools(request: Buffer, { table, refresh, context }: RouteScope): Promise<Route<GrpcPool>> {
  const name = readModelName(request);
  if (name === undefined)
    throw new ServiceError('INVALID_ARGUMENT', 'expected a message of the Open Inference Protocol');
  if (!table.knows(context.tenant, name)) await refresh();
  return table.expect(context.tenant, name);
}
