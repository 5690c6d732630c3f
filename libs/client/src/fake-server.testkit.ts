/* A gRPC server written by the test in terms of grpc-js, which misbehaves on purpose. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceKey, serviceDefinition } from '@athanor/contracts';
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';

type Handler = (
  call: ServerUnaryCall<unknown, unknown> & ServerDuplexStream<unknown, unknown>,
  callback: sendUnaryData<unknown>,
) => unknown;

export interface FakeServer {
  readonly address: string;
  /** Folder for files of the test. */
  readonly folder: string;
  stop(): Promise<void>;
}

export async function startFakeServer(
  key: ServiceKey,
  handlers: Readonly<Record<string, Handler>>,
  port = 0,
): Promise<FakeServer> {
  const folder = await mkdtemp(join(tmpdir(), 'client-'));
  const server = new Server();
  server.addService(serviceDefinition(key), handlers as never);
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, number) =>
      error ? reject(error) : resolve(number),
    );
  });
  return {
    ...{ address: `127.0.0.1:${bound}`, folder },
    async stop() {
      server.forceShutdown();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
