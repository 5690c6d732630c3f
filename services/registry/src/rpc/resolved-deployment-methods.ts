import type { ResolvedDeploymentInput } from '@athanor/contracts/registry';
import { encodePageToken, readPage, toPage } from '@athanor/service';
import { largeBytes } from '../serving/settings-message.js';
import { type DeploymentRow, listAllDeployments, toState } from '../store/deployments.js';
import type { Db } from '../store/models.js';
import type { RegistryDependencies, RegistryMethods } from './dependencies.js';
import { toDeployment } from './deployment-mapping.js';
import { activeVersion } from './deployment-methods.js';
import { describeVersion } from './model-methods.js';

/** The desired state of all tenants, for the services that serve it. */
export function resolvedDeploymentMethods({
  db,
}: RegistryDependencies): Pick<RegistryMethods, 'listResolvedDeployments'> {
  return {
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

/** Bytes of class names and raw contents after which a page ends: with those of one more deployment below gRPC's 4 MiB. */
const MAX_PAGE_BYTES = 1024 * 1024;

async function resolvePage(db: Db, rows: readonly DeploymentRow[], nextPageToken: string) {
  const deployments: ResolvedDeploymentInput[] = [];
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    const resolved = await resolve(db, row);
    deployments.push(resolved);
    bytes += largeBytes(toState(row).serving);
    for (const name of resolved.modelVersion?.signature?.classes ?? []) bytes += Buffer.byteLength(name);
    if (bytes > MAX_PAGE_BYTES && index < rows.length - 1)
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
  // The deployment's own settings are what counts; those that the version recommends may be large.
  const modelVersion = { ...(await describeVersion(db, version)), evaluations: [], recommendedServing: null };
  return { tenant: row.tenant, deployment, modelVersion };
}
