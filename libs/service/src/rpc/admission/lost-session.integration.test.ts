import { once } from 'node:events';
import { connect, createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createGuardedServer, type GuardOptions } from './guarded-server.js';

const limits = { maxMessageBytes: 1_024, maxConnectionBytes: 1_024, maxBytes: 1_024, bodyTimeoutMs: 1_000 };
const guard: GuardOptions = { admit: () => undefined, limits, onRefusal: () => undefined };

test('bug: a call whose connection was lost before its headers were handled ended the process', async () => {
  const http2 = createServer();
  await new Promise<void>(resolve => http2.listen(0, '127.0.0.1', resolve));
  const client = connect(`http://127.0.0.1:${(http2.address() as AddressInfo).port}`).on('error', () => undefined);
  const headers = { ':method': 'POST', ':path': '/grpc.health.v1.Health/Check', 'content-type': 'application/grpc' };
  client.request(headers).on('error', () => undefined);
  const [stream, received] = (await once(http2, 'stream')) as [ServerHttp2Stream, IncomingHttpHeaders];
  stream.on('error', () => undefined);
  stream.session?.destroy();
  await once(stream, 'close');
  expect(stream.session).toBeUndefined();
  const { server, stopWatching } = createGuardedServer({}, guard);
  server.register('/grpc.health.v1.Health/Check', () => undefined, identity, identity, 'unary');
  const { _streamHandler } = server as unknown as { _streamHandler: (...call: unknown[]) => void };
  expect(() => _streamHandler.call(server, [], stream, received)).not.toThrow();
  expect(stream.closed).toBe(true);
  stopWatching();
  client.destroy();
  http2.close();
});

const identity = (value: unknown): Buffer => value as Buffer;
