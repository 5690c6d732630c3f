import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadRouterConfig } from './config.js';

const MIB = 1024 * 1024;
/** Copies of a request in memory: the received bytes, and those that are sent. */
const COPIES = 2;
/** An idle router: Node, its code and its heap. */
const IDLE_BYTES = 256 * MIB;

test('bug: the requests that a router may hold did not fit into the memory that the chart gives it', () => {
  const required = ['API_KEYS_FILE', 'MESH_SECRET_FILE', 'NATS_URL', 'NATS_USER', 'NATS_PASSWORD', 'POOLS_FILE'];
  const config = loadRouterConfig(Object.fromEntries(required.map(name => [`ATHANOR_${name}`, 'x'])));
  const values = readFileSync(new URL('../../../charts/athanor/values.yaml', import.meta.url), 'utf8');
  const [, limit] = /^defaults:[\s\S]*?\n {4}limits: \{memory: (\d+)Mi\}/m.exec(values)!;
  expect(IDLE_BYTES + COPIES * config.MAX_IN_FLIGHT_BYTES).toBeLessThanOrEqual(Number(limit) * MIB);
  expect(config.MAX_CONNECTION_IN_FLIGHT_BYTES).toBeLessThan(config.MAX_IN_FLIGHT_BYTES);
  expect(config.MAX_CONNECTION_IN_FLIGHT_BYTES).toBeGreaterThanOrEqual(config.MAX_MESSAGE_BYTES);
});
