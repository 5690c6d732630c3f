import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

interface ServerInfo {
  readonly server_name?: string;
  readonly jetstream?: boolean;
}

const POLL_MS = 25;

/** Waits until this server (and no other on its port) greets with JetStream enabled. Rejects when `signal` aborts. */
export async function waitUntilReady(
  host: string,
  port: number,
  serverName: string,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const info = await readGreeting(host, port).catch(() => undefined);
    if (info?.server_name === serverName && info.jetstream === true) return;
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** A NATS server sends the first line, `INFO {json}`. It accepts clients only after JetStream has recovered. */
function readGreeting(host: string, port: number): Promise<ServerInfo> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ host, port });
    socket.setTimeout(1_000, () => socket.destroy(new Error('no greeting within 1000 ms')));
    socket.on('data', chunk => {
      text += chunk.toString('utf8');
      const end = text.indexOf('\r\n');
      if (end === -1) return;
      socket.destroy();
      try {
        resolve(JSON.parse(text.slice('INFO '.length, end)) as ServerInfo);
      } catch (error) {
        reject(error);
      }
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed before the greeting')));
  });
}
