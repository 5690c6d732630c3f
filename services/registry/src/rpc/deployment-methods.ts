import type { DeploymentInput, ResolvedDeploymentInput } from '@athanor/contracts/registry';
import { checkResourceId, encodePageToken, invalidFields, notFound, readPage, toPage } from '@athanor/service';
import { checkAlias } from '../promotion/alias-name.js';
import {
  type DeploymentRow,
  deleteDeployment,
  listAllDeployments,
  listDeployments,
  setDeployment,
} from '../store/deployments.js';
import { type Db, findVersion, type ModelVersionRow } from '../store/models.js';
import type { RegistryDependencies, RegistryMethods } from './dependencies.js';
import { toDeployment } from './mapping.js';
import { describeVersion, expectLockedModel } from './model-methods.js';

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
      if (alias !== '') checkAlias('deployment.alias', alias);
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

    async listResolvedDeployments(request) {
      // Servers from before paging was added would take a page for the whole list.
      if (request.pageSize === 0) {
        const rows = await listAllDeployments(db, { after: undefined, limit: undefined });
        return { deployments: await Promise.all(rows.map(row => resolve(db, row))), nextPageToken: '' };
      }
      const page = readPage(request, 'string');
      const after = page.after === undefined ? undefined : fromPageKey(page.after);
      const { rows, nextPageToken } = toPage(
        await listAllDeployments(db, { after, limit: page.size + 1 }),
        page,
        toPageKey,
      );
      return await resolvePage(db, rows, nextPageToken);
    },
  };
}

/** Bytes of class names after which a page ends: far below gRPC's 4 MiB even with the names of one more version. */
const MAX_PAGE_NAME_BYTES = 1024 * 1024;

async function resolvePage(db: Db, rows: readonly DeploymentRow[], nextPageToken: string) {
  const deployments: ResolvedDeploymentInput[] = [];
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    const resolved = await resolve(db, row);
    deployments.push(resolved);
    for (const name of resolved.modelVersion?.signature?.classes ?? []) bytes += Buffer.byteLength(name);
    if (bytes > MAX_PAGE_NAME_BYTES && index < rows.length - 1)
      return { deployments, nextPageToken: encodePageToken(toPageKey(row)) };
  }
  return { deployments, nextPageToken };
}

// Names of tenants and deployments contain no slash.
function toPageKey({ tenant, name }: DeploymentRow): string {
  return `${tenant}/${name}`;
}

function fromPageKey(key: string): { tenant: string; name: string } {
  const [tenant = '', name = ''] = key.split('/', 2);
  return { tenant, name };
}

async function resolve(db: Db, row: DeploymentRow): Promise<ResolvedDeploymentInput> {
  const version = await activeVersion(db, row);
  const deployment = toDeployment(row, version?.version ?? 0);
  if (version === undefined) return { tenant: row.tenant, deployment, modelVersion: null };
  return { tenant: row.tenant, deployment, modelVersion: { ...(await describeVersion(db, version)), evaluations: [] } };
}

async function describe(db: Db, row: DeploymentRow): Promise<DeploymentInput> {
  return toDeployment(row, (await activeVersion(db, row))?.version ?? 0);
}

function activeVersion(db: Db, row: DeploymentRow): Promise<ModelVersionRow | undefined> {
  const wanted = row.alias === '' ? { version: row.version } : { alias: row.alias };
  return findVersion(db, { tenant: row.tenant, modelName: row.model_name, ...wanted });
}
