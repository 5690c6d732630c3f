import type { LaptopService } from '@athanor/contracts';
import { describe, expect, it } from 'vitest';
import { checkInherited, type Inherited, serviceEnvironment } from './environment.js';
import { homeAt } from './home.js';

const secrets = {
  ...{ apiKey: 'key', tenant: 'default' },
  natsPasswords: { ingest: 'p-ingest', training: 'p-training', registry: 'p-registry', inference: 'p-inference' },
};
const CONTROL = ['ingest', 'training', 'registry'] as const;

function environment(services: readonly LaptopService[], inherited: Inherited = {}): Record<string, string> {
  const natsUrl = 'nats://127.0.0.1:9010';
  return serviceEnvironment({ services, home: homeAt('/h'), secrets, portBase: 9_000, natsUrl, inherited });
}

describe("a program's variables", () => {
  it("bug: each program got every service's NATS password", () => {
    const names = (services: readonly LaptopService[]) =>
      Object.keys(environment(services)).filter(name => name.endsWith('_NATS_PASSWORD'));
    expect(names(['inference'])).toEqual(['ATHANOR_INFERENCE_NATS_PASSWORD']);
    expect(names(CONTROL)).not.toContain('ATHANOR_INFERENCE_NATS_PASSWORD');
  });

  it("bug: the caller's API key was handed to the services", () => {
    const env = environment(CONTROL, { ATHANOR_API_KEY: 'k', ATHANOR_HOME: '/x', ATHANOR_LOG_LEVEL: 'debug' });
    expect(env).not.toHaveProperty('ATHANOR_API_KEY');
    expect(env).not.toHaveProperty('ATHANOR_HOME');
    expect(env.ATHANOR_LOG_LEVEL).toBe('debug');
  });

  it('tune its own services only', () => {
    const inherited = { ATHANOR_INFERENCE_MODEL_MEMORY_MB: '800', ATHANOR_TRAINING_CPU_THREADS: '2', SECRET: 's' };
    expect(environment(['inference'], inherited)).toMatchObject({ ATHANOR_INFERENCE_MODEL_MEMORY_MB: '800' });
    expect(environment(['inference'], inherited)).not.toHaveProperty('ATHANOR_TRAINING_CPU_THREADS');
    expect(environment(CONTROL, inherited)).not.toHaveProperty('SECRET');
  });

  it('bug: ATHANOR_DATABASE_URL was silently overridden', () => {
    const url = 'postgres://db/athanor';
    expect(environment(CONTROL, { ATHANOR_DATABASE_URL: url }).ATHANOR_DATABASE_URL).toBe(url);
    expect(environment(CONTROL).ATHANOR_DATABASE_URL).toBe('pglite:///h/data/database');
    expect(environment(['inference'], { ATHANOR_DATABASE_URL: url })).not.toHaveProperty('ATHANOR_DATABASE_URL');
  });

  it("bug: the caller's blob store and NATS were silently overridden", () => {
    const env = { ATHANOR_BLOB_URL: 's3://b', ATHANOR_INGEST_NATS_URL: 'nats://x', ATHANOR_NATS_USER: '' };
    expect(() => checkInherited(env)).toThrow(
      /^ATHANOR_BLOB_URL, ATHANOR_INGEST_NATS_URL are set, but this mesh keeps/,
    );
    expect(() => checkInherited({ ATHANOR_DATABASE_URL: 'postgres://db/a', ATHANOR_LOG_LEVEL: 'warn' })).not.toThrow();
  });
});
