import { ServiceError } from '@athanor/service/errors';

const NAMED = 5;

/** @throws FAILED_PRECONDITION while a deployment refers to the model, since it would have nothing to serve. */
export function checkNotDeployed(modelName: string, deployments: readonly string[]): void {
  const [first] = deployments;
  if (first === undefined) return;
  const named = deployments.slice(0, NAMED).join(', ');
  const more = deployments.length > NAMED ? ` and ${deployments.length - NAMED} more` : '';
  const message = `model '${modelName}' is deployed as ${named}${more}; delete them first: athanor deployment delete ${first}`;
  throw new ServiceError('FAILED_PRECONDITION', message, { reason: 'MODEL_DEPLOYED' });
}
