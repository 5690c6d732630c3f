import type { Readable } from 'node:stream';

/**
 * The messages of a stream of requests. It never destroys the stream, unlike Node's own iterator, which does so after an
 * 'error': grpc-js takes that event for the status of a duplex call, which would then not be sent while an answer still is.
 */
export async function* readMessages(stream: Readable): AsyncGenerator<unknown> {
  let failure: unknown;
  let wake: () => void = () => undefined;
  const onChange = () => wake();
  const onError = (error: unknown) => {
    failure ??= error;
    wake();
  };
  const changes = ['readable', 'end', 'close'] as const;
  for (const event of changes) stream.on(event, onChange);
  stream.on('error', onError);
  try {
    for (;;) {
      const message: unknown = stream.read();
      if (message !== null) yield message;
      else if (failure !== undefined) throw failure;
      else if (stream.readableEnded) return;
      else if (stream.destroyed) throw new Error('the stream of requests was closed before its end');
      else
        await new Promise<void>(resolve => {
          wake = resolve;
        });
    }
  } finally {
    for (const event of changes) stream.off(event, onChange);
    stream.off('error', onError);
  }
}
