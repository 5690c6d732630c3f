interface PageOf<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string;
}

/** All pages of a List method in one array. */
export async function collectPages<T>(list: (pageToken: string) => Promise<PageOf<T>>): Promise<T[]> {
  const all: T[] = [];
  let pageToken = '';
  do {
    const page = await list(pageToken);
    all.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return all;
}
