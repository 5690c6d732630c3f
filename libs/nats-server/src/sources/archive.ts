import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSha256 } from '../checksum.js';
import { download } from '../download.js';
import { ARCHIVE_SHA256, type HashByPlatform, PINNED_VERSION } from '../pins.js';
import type { ServerSource } from '../source.js';
import { extractTarGzMember } from '../tar.js';
import { installIntoCache } from './cache.js';

const RELEASES = 'https://github.com/nats-io/nats-server/releases/download';
const ARCHIVE_LIMIT_BYTES = 64 * 1024 * 1024;

export interface ArchiveOptions {
  readonly baseUrl?: string;
  readonly sha256?: HashByPlatform;
  /** Short, so that a machine behind a firewall does not wait a minute. */
  readonly connectTimeoutMs?: number;
}

/** The project's own release: `nats-server-v<version>-<os>-<arch>.tar.gz`, verified by the pinned hash. */
export function archiveSource(options: ArchiveOptions = {}): ServerSource {
  const { baseUrl = RELEASES, sha256 = ARCHIVE_SHA256, connectTimeoutMs = 4_000 } = options;
  return {
    name: 'official release archive',
    async locate({ cacheDir, platform, report, signal }) {
      if (!platform) throw new Error(`no build for ${process.platform}-${process.arch}`);
      const expected = sha256[platform];
      if (!expected) throw new Error(`no pinned checksum for ${platform}`);
      const stem = `nats-server-v${PINNED_VERSION}-${platform.replace('x64', 'amd64')}`;
      const url = `${baseUrl}/v${PINNED_VERSION}/${stem}.tar.gz`;
      report(`downloading ${url}`);
      const archive = await download(url, { connectTimeoutMs, limitBytes: ARCHIVE_LIMIT_BYTES, signal });
      checkSha256(archive, expected, url);
      return installIntoCache(cacheDir, async scratch => {
        const path = join(scratch, 'nats-server');
        await writeFile(path, extractTarGzMember(archive, `${stem}/nats-server`));
        return path;
      });
    },
  };
}
