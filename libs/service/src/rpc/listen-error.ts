/** A listener could not be opened. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, cause: Error) {
    const inUse = /EADDRINUSE/.test(cause.message) || ('code' in cause && cause.code === 'EADDRINUSE');
    const why = inUse ? 'another program uses the port; stop it or choose another port' : cause.message;
    super(`cannot listen on ${host}:${port}: ${why}`, { cause });
    this.host = host;
    this.port = port;
  }
}
