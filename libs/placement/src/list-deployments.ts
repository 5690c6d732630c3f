import { type CallOptions, collectPages, type Stub } from '@athanor/client';
import type { ResolvedDeployment } from '@athanor/contracts/registry';

const PAGE_SIZE = 500;

/** The deployments of all tenants, with everything needed to serve them. */
export function listDeployments(registry: Stub<'registry'>, options: CallOptions): Promise<ResolvedDeployment[]> {
  return collectPages(async pageToken => {
    const answer = await registry.listResolvedDeployments({ pageSize: PAGE_SIZE, pageToken }, options);
    return { items: answer.deployments, nextPageToken: answer.nextPageToken };
  });
}
