import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkBind } from './check-bind.js';
import { flag, integer, port, text } from './fields.js';
import { ConfigError, type Environment, loadConfig } from './load-config.js';
import { serviceFields } from './service-config.js';

const schema = z.object({
  PORT: port(8011),
  NATS_URL: text(),
  NATS_PASSWORD: text(),
  SLOTS: integer({ min: 1, max: 4, fallback: 1 }),
  FAST: flag(false),
});

const REQUIRED = { ATHANOR_NATS_URL: 'nats://127.0.0.1', ATHANOR_NATS_PASSWORD: 'p' };

function problemsOf(env: Environment): readonly string[] {
  try {
    loadConfig(schema, 'ingest', env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  test("prefers the service's own variable over the mesh's, and both over the default", () => {
    const env = { ...REQUIRED, ATHANOR_INGEST_PORT: '1', ATHANOR_PORT: '2', ATHANOR_SLOTS: '3' };
    expect(loadConfig(schema, 'ingest', env)).toEqual({
      PORT: 1,
      SLOTS: 3,
      FAST: false,
      NATS_URL: 'nats://127.0.0.1',
      NATS_PASSWORD: 'p',
    });
  });

  test('reports all problems together, each with its variable and value', () => {
    const problems = problemsOf({
      ATHANOR_INGEST_PORT: '70000',
      ATHANOR_INGEST_SLOTS: 'many',
      ATHANOR_INGEST_FAST: 'yes',
    });
    expect(problems).toEqual([
      "ATHANOR_INGEST_PORT: expected a whole number from 0 to 65535 (it is '70000')",
      'ATHANOR_INGEST_NATS_URL: expected a string (it is not set)',
      'ATHANOR_INGEST_NATS_PASSWORD: expected a string (it is not set)',
      "ATHANOR_INGEST_SLOTS: expected a whole number from 1 to 4 (it is 'many')",
      "ATHANOR_INGEST_FAST: expected true or false (it is 'yes')",
    ]);
  });

  test('bug: a problem was reported with another variable than the one that was read', () => {
    expect(problemsOf({ ...REQUIRED, ATHANOR_SLOTS: '9' })[0]).toMatch(/^ATHANOR_SLOTS: /);
  });

  test('bug: a variable of spaces was read as 0', () => {
    expect(loadConfig(schema, 'ingest', { ...REQUIRED, ATHANOR_INGEST_PORT: ' ' }).PORT).toBe(8011);
  });

  test('does not show an invalid secret', () => {
    const secretive = z.object({ NATS_PASSWORD: z.string().max(3, 'expected at most 3 characters') });
    expect(() => loadConfig(secretive, 'ingest', { ATHANOR_NATS_PASSWORD: 'hunter2' })).toThrow(/it is '…'/);
    expect(() => loadConfig(secretive, 'ingest', { ATHANOR_NATS_PASSWORD: 'hunter2' })).not.toThrow(/hunter2/);
  });
});

describe('checkBind', () => {
  const config = (changes: Environment) =>
    loadConfig(z.object(serviceFields({ port: 1, adminPort: 2 })), 'ingest', {
      ATHANOR_API_KEYS_FILE: 'k',
      ATHANOR_MESH_SECRET_FILE: 's',
      ...changes,
    });

  test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('lets %s pass without TLS', host => {
    expect(() => checkBind(config({ ATHANOR_HOST: host }))).not.toThrow();
  });

  test.each(['0.0.0.0', '::', '10.0.0.1', 'localhost.example.org'])(
    'refuses %s without TLS and says what to set',
    host => {
      expect(() => checkBind(config({ ATHANOR_HOST: host }))).toThrow(/TLS_CERT_FILE.*INSECURE_BIND=true/);
    },
  );

  test('allows it with the flag', () => {
    expect(() => checkBind(config({ ATHANOR_HOST: '0.0.0.0', ATHANOR_INSECURE_BIND: 'true' }))).not.toThrow();
  });

  test('requires certificate and key together', () => {
    expect(() => checkBind(config({ ATHANOR_TLS_CERT_FILE: 'c' }))).toThrow(/expected both or neither/);
  });
});
