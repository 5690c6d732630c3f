import { connect } from 'node:http2';

/** The grpc-status of a call with an empty message and without metadata, as sent by a foreign client. */
export function bareCall(address: string, method: string): Promise<number> {
  const session = connect(`http://${address}`);
  return new Promise<number>((resolve, reject) => {
    session.once('error', reject);
    const call = session.request({
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    // An immediate refusal is in the headers, a later one in the trailers.
    const settle = (headers: NodeJS.Dict<string | string[]>) => {
      if (headers['grpc-status'] !== undefined) resolve(Number(headers['grpc-status']));
    };
    call.once('error', reject).once('response', settle).once('trailers', settle).resume();
    // Not compressed, and zero bytes long.
    call.end(Buffer.alloc(5));
  }).finally(() => session.close());
}
