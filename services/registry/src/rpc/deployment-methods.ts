import type { DeploymentInput, ResolvedDeploymentInput } from '@athanor/contracts/registry';
import { checkResourceId, invalidFields, notFound, readPage, toPage } from '@athanor/service';
import {
  type DeploymentRow,
  deleteDeployment,
  listAllDeployments,
  listDeployments,
  setDeployment,
} from '../store/deployments.js';
import { type Db, findVersion, type ModelVersionRow } from '../store/models.js';
import { toDeployment } from './mapping.js';
import { describeVersion, expectLockedModel } from './model-methods.js';
import type { RegistryDependencies, RegistryMethods } from './registry-service.js';

type DeploymentMethods = Pick<
  RegistryMethods,
  'setDeployment' | 'listDeployments' | 'deleteDeployment' | 'listResolvedDeployments'
>;

export function deploymentMethods({ db, onCommit }: RegistryDependencies): DeploymentMethods {
  return {
    async setDeployment({ deployment }, { tenant }) {
      const { name = '', modelName = '', alias = '', version = 0 } = deployment ?? {};
      checkResourceId('deployment.name', name);
      if ((alias === '') === (version === 0)) {
        const description = `expected an alias or a version, got ${alias === '' ? 'neither' : 'both'}`;
        throw invalidFields([{ field: 'deployment.alias', description }]);
      }
      if (alias !== '') checkResourceId('deployment.alias', alias);
      const row = await db.transaction().execute(async trx => {
        await expectLockedModel(trx, tenant, modelName);
        if (version !== 0 && (await findVersion(trx, { tenant, modelName, version })) === undefined) {
          throw notFound('model version', `${modelName} v${version}`);
        }
        return await setDeployment(trx, tenant, { name, modelName, alias, version });
      });
      onCommit();
      return { deployment: await describe(db, row) };
    },

    async listDeployments(request, { tenant }) {
      const page = readPage(request, 'string');
      const { rows, nextPageToken } = toPage(await listDeployments(db, tenant, page), page, row => row.name);
      return { deployments: await Promise.all(rows.map(row => describe(db, row))), nextPageToken };
    },

    async deleteDeployment({ name }, { tenant }) {
      const deleted = await db.transaction().execute(trx => deleteDeployment(trx, tenant, name));
      if (!deleted) throw notFound('deployment', name, 'list them with: athanor deployment list');
      onCommit();
      return {};
    },

    async listResolvedDeployments() {
      const rows = await listAllDeployments(db);
      return { deployments: await Promise.all(rows.map(row => resolve(db, row))) };
    },
  };
}

async function resolve(db: Db, row: DeploymentRow): Promise<ResolvedDeploymentInput> {
  const version = await activeVersion(db, row);
  const deployment = toDeployment(row, version?.version ?? 0);
  return { tenant: row.tenant, deployment, modelVersion: version && (await describeVersion(db, version)) };
}

async function describe(db: Db, row: DeploymentRow): Promise<DeploymentInput> {
  return toDeployment(row, (await activeVersion(db, row))?.version ?? 0);
}

function activeVersion(db: Db, row: DeploymentRow): Promise<ModelVersionRow | undefined> {
  const wanted = row.alias === '' ? { version: row.version } : { alias: row.alias };
  return findVersion(db, { tenant: row.tenant, modelName: row.model_name, ...wanted });
}
