// The program of a runner process. It has one thing to do at a time, so it reads and writes its socket synchronously,
// which is faster than events and reads tensors into place without a copy.

import { readSync, writeFileSync, writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { compiledEntry } from './entry.js';
import { encodeFrame, openFrame, PREFIX_BYTES, readSizes } from './frames.js';
import { answerRequest } from './host.js';
import { frameToRequest, responseToFrame } from './message-frames.js';
import type { Request } from './protocol.js';

/** The socket's descriptor: the first after the standard ones. */
const SOCKET = 3;
/** The kernel ends this process before the service if memory is exhausted. */
const OOM_SCORE = '800';

// If the parent dies while a model computes, nobody reads the socket that would report it.
new Worker(compiledEntry('parent-watch'), { env: {}, workerData: { parent: process.ppid } }).unref();
try {
  writeFileSync('/proc/self/oom_score_adj', OOM_SCORE);
} catch {
  // Not Linux, or not permitted.
}
const answer = answerRequest();
for (;;) {
  const request = read();
  if (request === undefined) process.exit(0);
  const response = await answer(request);
  write(encodeFrame(responseToFrame(response, request.call === 'run')));
  if (request.call === 'close') process.exit(0);
}

/** Undefined if the parent has closed the socket. */
function read(): Request | undefined {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  if (!fill(prefix)) return undefined;
  const header = Buffer.alloc(readSizes(prefix).header);
  if (!fill(header)) return undefined;
  const opened = openFrame(header);
  for (const buffer of opened.buffers) if (!fill(buffer)) return undefined;
  return frameToRequest(opened.close());
}

function fill(buffer: Uint8Array): boolean {
  for (let offset = 0; offset < buffer.length; ) {
    const count = readSync(SOCKET, buffer, offset, Math.min(buffer.length - offset, 1 << 30), null);
    if (count === 0) return false;
    offset += count;
  }
  return true;
}

function write(parts: readonly Uint8Array[]): void {
  // Small ones together, with one call of the system.
  const total = parts.reduce((sum, part) => sum + part.byteLength, 0);
  for (const part of total < 65_536 ? [Buffer.concat(parts)] : parts) {
    for (let offset = 0; offset < part.length; ) offset += writeSync(SOCKET, part, offset, part.length - offset);
  }
}
