import type { ServiceImplementation } from '@athanor/contracts';
import type { CallContext } from '@athanor/service';
import { describeDeployment } from '../../deployments/describe-deployment.js';
import type { InferenceDependencies } from './dependencies.js';

/** InferenceStatusService. */
export function statusService({
  catalog,
  process,
}: Pick<InferenceDependencies, 'catalog' | 'process'>): ServiceImplementation<'inferenceStatus', CallContext> {
  return {
    async getDeploymentStatus({ name }, { tenant }) {
      return { status: describeDeployment(catalog.expect(tenant, name), process) };
    },
  };
}
