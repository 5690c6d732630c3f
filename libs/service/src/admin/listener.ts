import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import type { HealthImplementation } from 'grpc-health-check';
import { ListenError } from '../rpc/listen-error.js';

// One plain port for probes and scrapers, which cannot use TLS: grpc.health.v1 over HTTP/2, and /metrics, /livez and
// /readyz over HTTP/1.1. The protocol is detected by a connection's first bytes (RFC 9113 §3.4).

const HTTP2_PREFACE = 'PRI * HTTP/2.0';
const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

export interface AdminOptions {
  readonly host: string;
  readonly port: number;
  readonly health: HealthImplementation;
  readonly isReady: () => boolean;
  readonly metricsText: () => Promise<string>;
  /** Called when a scrape or probe could not be answered. */
  readonly onError: (error: unknown) => void;
}

export interface AdminListener {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startAdminListener(options: AdminOptions): Promise<AdminListener> {
  // No credential is needed here, and a health check is a few bytes.
  const grpc = new GrpcServer({ 'grpc.enable_channelz': 0, 'grpc.max_receive_message_length': 1_024 });
  options.health.addToServer(grpc);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const http = createHttpServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      options.onError(error);
      response.writeHead(500).end();
    });
  });
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    socket.once('data', first => {
      socket.pause();
      socket.unshift(first);
      if (first.toString('latin1', 0, HTTP2_PREFACE.length) === HTTP2_PREFACE) {
        // The session consumes the unshifted bytes and continues to read; resuming the socket would lose them.
        injector.injectConnection(socket);
        return;
      }
      http.emit('connection', socket);
      socket.resume();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(new ListenError(options.host, options.port, error)));
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      grpc.forceShutdown();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: AdminOptions): Promise<void> {
  const send = (status: number, body: string, type = 'text/plain; charset=utf-8') =>
    response.writeHead(status, { 'content-type': type }).end(body);
  if (request.url === '/metrics') send(200, await options.metricsText(), PROMETHEUS_TEXT);
  else if (request.url === '/livez') send(200, 'ok\n');
  else if (request.url === '/readyz') send(options.isReady() ? 200 : 503, options.isReady() ? 'ok\n' : 'not ready\n');
  else send(404, 'not found; this port serves /metrics, /livez, /readyz and grpc.health.v1\n');
}
