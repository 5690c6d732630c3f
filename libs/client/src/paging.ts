/** Iterates over all pages of a List method. */
export async function* allPages<T>(
  list: (pageToken: string) => Promise<{ items: readonly T[]; nextPageToken: string }>,
): AsyncIterable<T> {
  let pageToken = '';
  do {
    const page = await list(pageToken);
    yield* page.items;
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
}

/** All pages of a List method in one array. */
export async function collectPages<T>(
  list: (pageToken: string) => Promise<{ items: readonly T[]; nextPageToken: string }>,
): Promise<T[]> {
  const all: T[] = [];
  for await (const item of allPages(list)) all.push(item);
  return all;
}

/** Collects a stream of chunks. */
export async function collectChunks(chunks: AsyncIterable<{ readonly chunk: Uint8Array }>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const { chunk } of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** The bytes of a stream of files' chunks. */
export async function* chunkBytes(messages: AsyncIterable<{ readonly chunk: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { chunk } of messages) yield chunk;
}
