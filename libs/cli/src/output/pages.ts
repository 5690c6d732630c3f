/** One page of a List method. */
export type ListPage<T> = (page: { readonly pageSize: number; readonly pageToken: string }) => Promise<{
  readonly items: readonly T[];
  readonly nextPageToken: string;
}>;

export interface Collected<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/** Maximum page size of the services. */
const MAX_PAGE_SIZE = 1_000;

/** The items of all pages, or the first `limit` of them. */
export async function collectPages<T>(list: ListPage<T>, limit = Number.POSITIVE_INFINITY): Promise<Collected<T>> {
  const items: T[] = [];
  let pageToken = '';
  do {
    const page = await list({ pageSize: Math.min(MAX_PAGE_SIZE, limit - items.length), pageToken });
    items.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== '' && items.length < limit);
  return { items, hasMore: pageToken !== '' };
}
