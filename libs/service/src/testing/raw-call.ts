import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';

// gRPC without a gRPC library, for callers that violate its rules.

export interface RawCall {
  readonly stream: ClientHttp2Stream;
  /** The status and message that ended the call, and the code of an RST_STREAM. */
  readonly ended: Promise<{ status: number; message: string; rstCode: number }>;
}

export async function openRawConnection(address: string): Promise<ClientHttp2Session> {
  const session = connect(`http://${address}`);
  session.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => session.once('connect', () => resolve()).once('error', reject));
  return session;
}

export function openRawCall(
  session: ClientHttp2Session,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): RawCall {
  const fixed = { ':method': 'POST', ':path': path, te: 'trailers', 'content-type': 'application/grpc' };
  const stream = session.request({ ...fixed, ...headers });
  let [status, message] = [-1, ''];
  const read = (received: Record<string, unknown>): void => {
    if (received['grpc-status'] === undefined) return;
    status = Number(received['grpc-status']);
    message = decodeURIComponent(String(received['grpc-message'] ?? ''));
  };
  stream
    .on('response', read)
    .on('trailers', read)
    .on('error', () => undefined)
    .resume();
  const ended = new Promise<{ status: number; message: string; rstCode: number }>(resolve => {
    stream.once('close', () => resolve({ status, message, rstCode: stream.rstCode }));
  });
  return { stream, ended };
}

/** A message with its prefix; flags 1 means compressed. */
export function frame(message: Uint8Array, flags = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flags;
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Writes as much as the peer lets in; ends early when the stream is closed. */
export async function pour(
  stream: ClientHttp2Stream,
  bytes: number,
  chunk: Buffer = Buffer.alloc(65_536),
): Promise<number> {
  let written = 0;
  const closed = once(stream, 'close');
  while (written < bytes && !stream.destroyed && !stream.closed) {
    written += chunk.length;
    if (stream.write(chunk)) continue;
    await Promise.race([once(stream, 'drain'), closed]);
  }
  return written;
}
