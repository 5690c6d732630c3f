/*
 * A partial Kubernetes API server over HTTP for the executor's calls: it stores Jobs and pods and records every call.
 * The suite in test/src/cluster tests against a real one.
 */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ATTEMPT_LABEL, RELEASE_LABEL } from './job-object.js';
import type { Job, KubernetesEvent, Pod } from './objects.js';

/** How to answer the next call of a kind: with a status, with no response, or by doing the work without a response. */
export type Trouble = number | 'silence' | 'lost answer';

export interface ApiServer {
  readonly url: string;
  readonly tokenFile: string;
  /** "POST jobs", "DELETE jobs/<name>", "GET pods", in order. */
  readonly calls: string[];
  readonly jobs: Map<string, Job>;
  readonly secrets: Map<string, Record<string, unknown>>;
  pods: Pod[];
  events: KubernetesEvent[];
  /** Keyed by the beginning of a call, for example "POST jobs". */
  readonly troubles: Map<string, Trouble>;
  /** Adds a pod for an attempt's Job. */
  addPod(attemptId: string, status: Pod['status'], metadata?: object): void;
  stop(): Promise<void>;
}

const PATHS = /^\/(?:apis\/batch\/v1|api\/v1)\/namespaces\/n\/(jobs|pods|secrets|events)(?:\/(.+))?$/;
const RELEASE = 'r';

/** @param folder where the token that calls must present is written */
export async function startApiServer(folder: string): Promise<ApiServer> {
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, 'service-account\n');
  const api: ApiServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokenFile,
    calls: [],
    jobs: new Map(),
    secrets: new Map(),
    pods: [],
    events: [],
    troubles: new Map(),
    addPod(attemptId, status, metadata = {}) {
      const labels = { [ATTEMPT_LABEL]: attemptId, [RELEASE_LABEL]: RELEASE };
      api.pods.push({ metadata: { name: `pod-${attemptId}`, labels, ...metadata }, ...(status && { status }) });
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const { pathname, searchParams } = new URL(request.url ?? '', api.url);
    const [, kind = '', name] = PATHS.exec(pathname) ?? [];
    const call = [`${request.method} ${kind}`, name].filter(Boolean).join('/');
    api.calls.push(call);
    const [, trouble] = [...api.troubles].find(([begin]) => call.startsWith(begin)) ?? [];
    if (trouble === 'silence') return;
    if (typeof trouble === 'number') return send(response, trouble, { reason: 'Trouble', message: 'trouble' });
    if (request.headers.authorization !== 'Bearer service-account') return send(response, 401, {});
    const [status, result] = act(`${request.method} ${kind}`, {
      name,
      body,
      selector: searchParams.get('labelSelector'),
    });
    if (trouble === 'lost answer') return void response.destroy();
    send(response, status, result);
  }

  type Act = { name: string | undefined; body: unknown; selector: string | null };
  function act(call: string, { name = '', body, selector }: Act): [number, unknown] {
    const release = selector?.split(',')[0]?.split('=')[1];
    const ofRelease = ({ metadata }: Job | Pod) => metadata.labels?.[RELEASE_LABEL] === release;
    if (call === 'POST jobs') {
      const job = body as Job;
      const made = { ...job, metadata: { ...job.metadata, uid: `uid-${job.metadata.name}` } };
      api.jobs.set(job.metadata.name, made);
      return [201, made];
    }
    if (call === 'POST secrets') {
      const secret = body as { metadata: { name: string } };
      api.secrets.set(secret.metadata.name, secret);
      return [201, secret];
    }
    if (call === 'DELETE jobs') return api.jobs.delete(name) ? [200, {}] : [404, { reason: 'NotFound' }];
    if (call === 'GET jobs') return [200, { items: [...api.jobs.values()].filter(ofRelease) }];
    if (call === 'GET pods') return [200, { items: api.pods.filter(ofRelease) }];
    if (call === 'GET events') return [200, { items: api.events }];
    return [405, { reason: 'MethodNotAllowed', message: `the executor may not ${call}` }];
  }

  return api;
}

async function read(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
