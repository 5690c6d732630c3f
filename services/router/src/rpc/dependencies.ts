import type { ChangeRequest } from '@athanor/placement';
import type { CallContext } from '@athanor/service';
import type { RouteTable } from '../routes/route-table.js';
import type { GrpcPool } from './grpc-endpoint.js';
import type { RetryBudget } from './retry-budget.js';

export interface RouterDependencies {
  readonly table: RouteTable<GrpcPool>;
  readonly pools: readonly GrpcPool[];
  readonly budget: RetryBudget;
  /** Following.refresh */
  readonly refresh: () => Promise<void>;
  /** Changes the desired state in the registry, as the caller. */
  readonly changeDeployment: (context: CallContext, change: ChangeRequest) => Promise<void>;
}
