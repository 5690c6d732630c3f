import type { Deployment, DeploymentInput, SetDeploymentRequest } from '@athanor/contracts/registry';
import { checkResourceId, invalidFields, notFound, readPage, ServiceError, toPage } from '@athanor/service';
import {
  type DeploymentState,
  decideState,
  decideTarget,
  type RequestedChange,
  type ServedVersion,
} from '../deployments/deployment-state.js';
import { checkAlias } from '../promotion/alias-name.js';
import { parseSettings } from '../serving/parse-settings.js';
import { readResetMask } from '../serving/reset-mask.js';
import {
  changeDeployment,
  type DeploymentRow,
  deleteDeployment,
  findDeployment,
  listDeployments,
  toState,
} from '../store/deployments.js';
import { type Db, findVersion, type ModelVersionRow, type Trx } from '../store/models.js';
import type { RegistryDependencies, RegistryMethods } from './dependencies.js';
import { toDeployment, withoutLargeParts } from './deployment-mapping.js';
import { expectLockedModel } from './model-methods.js';

type DeploymentMethods = Pick<
  RegistryMethods,
  'setDeployment' | 'getDeployment' | 'listDeployments' | 'deleteDeployment'
>;

export function deploymentMethods({ db, onCommit }: RegistryDependencies): DeploymentMethods {
  return {
    async setDeployment(request, { tenant, principal }) {
      const { name, change } = readChange(request);
      const expected = request._expectedRevision === undefined ? undefined : request.expectedRevision;
      const note = { actor: principal.actor, reason: 'set', requestId: '', fingerprint: '' };
      const row = await db.transaction().execute(trx =>
        changeDeployment(
          trx,
          { tenant, name },
          async current => {
            checkRevision(name, current?.revision ?? 0, expected);
            const before = current && toState(current);
            const target = decideTarget(before, change.target);
            return decideState(before, target, change, await lockedVersion(trx, tenant, target));
          },
          note,
        ),
      );
      onCommit();
      return { deployment: await describeDeployment(db, row) };
    },

    async getDeployment({ name }, { tenant }) {
      return { deployment: await describeDeployment(db, await expectDeployment(db, tenant, name)) };
    },

    async listDeployments(request, { tenant }) {
      const page = readPage(request, 'string');
      const { rows, nextPageToken } = toPage(await listDeployments(db, tenant, page), page, row => row.name);
      const deployments = rows.map(row => describeDeployment(db, withoutLargeParts(row)));
      return { deployments: await Promise.all(deployments), nextPageToken };
    },

    async deleteDeployment({ name }, { tenant }) {
      const deleted = await db.transaction().execute(trx => deleteDeployment(trx, tenant, name));
      if (!deleted) throw deploymentNotFound(name);
      onCommit();
      return {};
    },
  };
}

export function deploymentNotFound(name: string): ServiceError {
  return notFound('deployment', name, 'list them with: athanor deployment list');
}

function readChange(request: SetDeploymentRequest): { name: string; change: RequestedChange } {
  const { deployment, resetMask } = request;
  const { name = '', modelName = '', alias = '', version = 0 } = deployment ?? {};
  checkResourceId('deployment.name', name);
  if (alias !== '') checkAlias('deployment.alias', alias);
  const { stated, violations } = parseSettings(deployment?.serving ?? null, 'deployment.serving');
  const { reset, violations: unknown } = readResetMask(resetMask?.paths ?? []);
  const all = [...violations, ...unknown];
  if (version < 0) all.push({ field: 'deployment.version', description: `expected 1 or more, got ${version}` });
  if (all.length > 0) throw invalidFields(all);
  return { name, change: { target: { modelName, alias, version }, stated, reset, stopped: stoppedOf(deployment) } };
}

function stoppedOf(deployment: Deployment | null): boolean | undefined {
  return deployment?._stopped === undefined ? undefined : deployment.stopped;
}

function checkRevision(name: string, current: number, expected: number | undefined): void {
  if (expected === undefined || expected === current) return;
  const found = current === 0 ? 'it does not exist' : `it is at ${current}`;
  const message = `deployment '${name}' was expected at revision ${expected}, but ${found}; read it again with athanor deployment describe ${name}, and retry`;
  throw new ServiceError('ABORTED', message, {
    reason: 'DEPLOYMENT_CHANGED',
    metadata: { revision: String(current) },
  });
}

/**
 * The version that a target means now. Its model stays locked until the transaction ends, so that nobody deletes it.
 * @throws NOT_FOUND if the model, or a version that is named by its number, does not exist.
 */
export async function lockedVersion(
  trx: Trx,
  tenant: string,
  { modelName, alias, version }: Pick<DeploymentState, 'modelName' | 'alias' | 'version'>,
): Promise<ServedVersion | undefined> {
  await expectLockedModel(trx, tenant, modelName);
  const row = await findVersion(trx, { tenant, modelName, ...(alias === '' ? { version } : { alias }) });
  if (row !== undefined) {
    const recommended = 'kind' in row.manifest ? row.manifest.recommended : {};
    return { isImported: row.imported !== null, signature: row.manifest.signature, recommended };
  }
  if (alias !== '') return undefined;
  throw notFound('model version', `${modelName} v${version}`, `list them with: athanor model describe ${modelName}`);
}

export async function expectDeployment(db: Db, tenant: string, name: string): Promise<DeploymentRow> {
  const row = await findDeployment(db, tenant, name);
  if (row === undefined) throw deploymentNotFound(name);
  return row;
}

export async function describeDeployment(db: Db, row: DeploymentRow): Promise<DeploymentInput> {
  return toDeployment(row, (await activeVersion(db, row))?.version ?? 0);
}

export function activeVersion(db: Db, row: DeploymentRow): Promise<ModelVersionRow | undefined> {
  const wanted = row.alias === '' ? { version: row.version } : { alias: row.alias };
  return findVersion(db, { tenant: row.tenant, modelName: row.model_name, ...wanted });
}
