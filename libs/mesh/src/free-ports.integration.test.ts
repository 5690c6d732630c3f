import { createServer, type Server } from 'node:net';
import { meshPorts } from '@athanor/contracts';
import { afterEach, expect, it } from 'vitest';
import { expectFreePorts, PortInUseError } from './free-ports.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function takePort(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

it('all ports in use are listed together, with a remedy', async () => {
  const [a, b] = [await takePort(), await takePort()];
  const error = await expectFreePorts([a, b]).catch(each => each);
  expect(error).toBeInstanceOf(PortInUseError);
  expect(error.message).toContain(`ports ${a}, ${b} on 127.0.0.1 are in use`);
  expect(error.message).toContain('--port-base');
});

it('the ports of a mesh are distinct and move with the base', () => {
  const ports = meshPorts(9_000);
  expect(new Set(ports).size).toBe(ports.length);
  expect(Math.min(...ports)).toBeGreaterThan(9_000);
  expect(meshPorts(8_000)).toContain(8_001);
});
