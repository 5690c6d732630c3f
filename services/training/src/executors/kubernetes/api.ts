/*
 * The six calls of the executor (jobs: create, list, delete; secrets: create; pods and events: list), over node:https.
 * The official client (@kubernetes/client-node 1.4, the last for Node 20) takes 54 MB on disk, 0.8 s to load and 79 MB
 * of memory, for calls that are plain JSON.
 */
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface ApiOptions {
  /** Base address, for example https://kubernetes.default.svc. */
  readonly url: string;
  /** Deadline of a call, including its whole response. */
  readonly timeoutMs?: number;
  /** A service account's token and certificate authority, read anew for each call because the kubelet rotates them. */
  readonly tokenFile: string;
  readonly caFile: string;
}

/** An error response of the API server. */
export class KubernetesError extends Error {
  override readonly name = 'KubernetesError';
  /** HTTP status; 0 if there was no response. */
  readonly status: number;
  /** For example "AlreadyExists" or "Forbidden". */
  readonly reason: string;

  constructor(options: { status: number; reason: string; message: string; cause?: unknown }) {
    super(options.message, { cause: options.cause });
    this.status = options.status;
    this.reason = options.reason;
  }
}

/** Whether an error is transient: there was no response, or one that does not concern the request itself. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof KubernetesError)) return false;
  const { status } = error;
  return status === 0 || status === TOO_MANY_REQUESTS || status >= 500;
}

export interface KubernetesApi {
  get<T>(path: string, query?: Readonly<Record<string, string>>): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  /** Background deletion also deletes dependents. An object that is already gone is not an error. */
  delete(path: string): Promise<void>;
}

/** Short enough that the three calls of a start end within the attempt's default lease. */
const TIMEOUT_MS = 4_500;
const TOO_MANY_REQUESTS = 429;

interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
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
    async delete(path) {
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' };
      await send({ method: 'DELETE', path, body }).catch(error => {
        if (!(error instanceof KubernetesError && error.status === 404)) throw error;
      });
    },
  };
}

async function exchange(call: Call, options: ApiOptions): Promise<{ status: number; text: string }> {
  const { url, tokenFile, caFile, timeoutMs = TIMEOUT_MS } = options;
  const target = new URL(url);
  const isTls = target.protocol === 'https:';
  const [token, ca] = await Promise.all([readFile(tokenFile, 'utf8'), isTls ? readFile(caFile) : undefined]);
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const headers = {
    authorization: `Bearer ${token.trim()}`,
    accept: 'application/json',
    'user-agent': 'athanor-training',
    ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
  };
  return await new Promise((resolve, reject) => {
    // Also when a response is cut off: the server may have done the work.
    const fail = (cause: Error) => {
      const why = cause.name === 'AbortError' ? `no answer within ${timeoutMs / 1000} s` : cause.message;
      const message = `the Kubernetes API at ${target.origin} cannot be reached: ${why}`;
      reject(new KubernetesError({ status: 0, reason: 'Unreachable', message, cause }));
    };
    const signal = AbortSignal.timeout(timeoutMs);
    const send = isTls ? httpsRequest : httpRequest;
    const request = send(new URL(call.path, target), { method: call.method, headers, ca, signal });
    request.on('response', response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
      response.on('error', fail);
    });
    request.on('error', fail);
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
