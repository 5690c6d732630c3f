// What an upload is compared with: a node:http2 server that hashes what it receives and stores nothing.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';

const server = createServer({ settings: { initialWindowSize: 8 * 1024 * 1024 } });
server.on('session', session => session.setLocalWindowSize(8 * 1024 * 1024));
server.on('stream', stream => {
  const hash = createHash('sha256');
  stream.on('data', (chunk: Buffer) => void hash.update(chunk));
  stream.on('end', () => stream.end(hash.digest('hex')));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
