/*
 * The seven calls that the executor makes, over node:https. The official client (@kubernetes/client-node 1.4, the last for
 * Node 20) was measured at 54 MB on disk, 0.8 s to load and 79 MB of memory, for calls that are plain JSON.
 */
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface ApiOptions {
  /** Base address, for example https://kubernetes.default.svc. */
  readonly url: string;
  /** A service account's token and authority, read anew for each call: the kubelet renews them. */
  readonly tokenFile: string;
  readonly caFile: string;
}

/** An answer of the API server that is no success. */
export class KubernetesError extends Error {
  override readonly name = 'KubernetesError';
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** For example "AlreadyExists" or "Forbidden". */
  readonly reason: string;

  constructor(options: { status: number; reason: string; message: string; cause?: unknown }) {
    super(options.message, { cause: options.cause });
    this.status = options.status;
    this.reason = options.reason;
  }
}

export interface KubernetesApi {
  get<T>(path: string, query?: Readonly<Record<string, string>>): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  /** JSON merge patch (RFC 7386). */
  patch<T>(path: string, body: object): Promise<T>;
  /** In the background: what it owns goes with it. What is gone already is no error. */
  delete(path: string): Promise<void>;
}

const TIMEOUT_MS = 15_000;

interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

export function createKubernetesApi(options: ApiOptions): KubernetesApi {
  const send = async (call: Call): Promise<unknown> => {
    const { status, text } = await exchange(call, options);
    const body = parse(text);
    if (status >= 200 && status < 300) return body;
    const { reason = '', message = text.slice(0, 300) } = body as { reason?: string; message?: string };
    throw new KubernetesError({ status, reason, message: `${call.method} ${call.path}: ${message || status}` });
  };
  return {
    get: async <T>(path: string, query: Readonly<Record<string, string>> = {}) => {
      const search = new URLSearchParams(query).toString();
      return (await send({ method: 'GET', path: search === '' ? path : `${path}?${search}` })) as T;
    },
    post: async <T>(path: string, body: object) => (await send({ method: 'POST', path, body })) as T,
    patch: async <T>(path: string, body: object) => (await send({ method: 'PATCH', path, body })) as T,
    async delete(path) {
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' };
      await send({ method: 'DELETE', path, body }).catch(error => {
        if (!(error instanceof KubernetesError && error.status === 404)) throw error;
      });
    },
  };
}

async function exchange(call: Call, { url, tokenFile, caFile }: ApiOptions): Promise<{ status: number; text: string }> {
  const target = new URL(url);
  const isTls = target.protocol === 'https:';
  const [token, ca] = await Promise.all([readFile(tokenFile, 'utf8'), isTls ? readFile(caFile) : undefined]);
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const headers = {
    authorization: `Bearer ${token.trim()}`,
    accept: 'application/json',
    'user-agent': 'athanor-training',
    ...(body !== undefined && {
      'content-type': call.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      'content-length': Buffer.byteLength(body),
    }),
  };
  return await new Promise((resolve, reject) => {
    const send = isTls ? httpsRequest : httpRequest;
    const request = send(new URL(call.path, target), { method: call.method, headers, ca, timeout: TIMEOUT_MS });
    request.on('response', response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    request.on('error', cause => {
      const message = `the Kubernetes API at ${target.origin} cannot be reached: ${cause.message}`;
      reject(new KubernetesError({ status: 0, reason: 'Unreachable', message, cause }));
    });
    request.end(body);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
