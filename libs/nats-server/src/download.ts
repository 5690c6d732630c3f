import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';

export interface DownloadOptions {
  /**
   * Timeout until the connection is established (including TLS). After that `idleTimeoutMs` limits the time between
   * packets.
   */
  readonly connectTimeoutMs: number;
  readonly limitBytes: number;
  readonly idleTimeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const REDIRECT_LIMIT = 5;

// node:https instead of fetch, because fetch has no configurable connect timeout.
export async function download(url: string, options: DownloadOptions, redirects = 0): Promise<Uint8Array> {
  const response = await open(url, options);
  const status = response.statusCode ?? 0;
  const location = response.headers.location;
  if (status >= 300 && status < 400 && location) {
    response.destroy();
    if (redirects >= REDIRECT_LIMIT) throw new Error(`more than ${REDIRECT_LIMIT} redirects from ${url}`);
    return download(new URL(location, url).href, options, redirects + 1);
  }
  if (status !== 200) {
    response.destroy();
    throw new Error(`HTTP ${status} from ${new URL(url).host}`);
  }
  return collect(response, options.limitBytes);
}

function open(url: string, options: DownloadOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:');
    const request = (secure ? httpsGet : httpGet)(url, { signal: options.signal, agent: false }, resolve);
    const timer = setTimeout(() => {
      request.destroy(new Error(`no connection to ${new URL(url).host} within ${options.connectTimeoutMs} ms`));
    }, options.connectTimeoutMs);
    request.on('socket', socket => socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(timer)));
    request.setTimeout(options.idleTimeoutMs ?? 30_000, () => request.destroy(new Error('the connection timed out')));
    request.on('error', reject);
    request.on('close', () => clearTimeout(timer));
  });
}

async function collect(response: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw new Error(`expected at most ${limitBytes} bytes, received more`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
