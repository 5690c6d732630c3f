import { createServer } from 'node:net';

/** A port that the mesh needs is in use. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly ports: readonly number[];

  constructor(ports: readonly number[]) {
    super(
      `port${ports.length === 1 ? '' : 's'} ${ports.join(', ')} on 127.0.0.1 ${ports.length === 1 ? 'is' : 'are'} in use; ` +
        'stop the program that listens there, or move the mesh with --port-base',
    );
    this.ports = ports;
  }
}

/** Throws PortInUseError with all ports in use, before anything is started. */
export async function expectFreePorts(ports: readonly number[]): Promise<void> {
  const free = await Promise.all(ports.map(isFree));
  const taken = ports.filter((_port, index) => !free[index]);
  if (taken.length > 0) throw new PortInUseError(taken);
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
