/* Shared by the tests of the chassis: a service on free ports with its own credentials, called through the SDK. */
import { createStub, type Stub } from '@athanor/client';
import type { ServiceKey } from '@athanor/contracts';
import { temporaryDirectory } from '@athanor/testkit';
import { z } from 'zod';
import {
  createTelemetry,
  loadConfig,
  type RunningService,
  type ServiceConfig,
  serviceFields,
  startService,
  type Telemetry,
  type TelemetryOptions,
} from './index.js';
import { createTestCredentials, type TestCredentials } from './testing/index.js';

export interface BenchOptions {
  readonly services?: Partial<Record<ServiceKey, object>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly telemetry?: Partial<TelemetryOptions>;
  /** Credentials of another bench, for services that call each other. */
  readonly credentials?: TestCredentials;
}

export interface Bench {
  readonly service: RunningService;
  readonly credentials: TestCredentials;
  readonly telemetry: Telemetry;
  readonly address: string;
  readonly adminAddress: string;
  /** A key of tenant "acme" with all permissions of a tenant. */
  readonly key: string;
  stub<K extends ServiceKey>(name: K, credential?: string): Stub<K>;
  stop(): Promise<void>;
}

export function benchConfig(credentials: TestCredentials, env: Readonly<Record<string, string>> = {}): ServiceConfig {
  const schema = z.object(serviceFields({ port: 0, adminPort: 0 }));
  return loadConfig(schema, 'test', { ...credentials.environment, ...env });
}

export async function startBench(options: BenchOptions = {}): Promise<Bench> {
  const folder = await temporaryDirectory('service');
  const credentials = options.credentials ?? (await createTestCredentials(folder.path));
  const key = await credentials.addKey({ tenant: 'acme' });
  const telemetry = createTelemetry({ service: 'test', logLevel: 'silent', ...options.telemetry });
  const config = benchConfig(credentials, options.env);
  const service = await startService({ name: 'test', config, telemetry, services: options.services ?? {} });
  const stubs: { close(): void }[] = [];
  const address = `127.0.0.1:${service.port}`;
  return {
    ...{ service, credentials, telemetry, address, key },
    adminAddress: `127.0.0.1:${service.adminPort}`,
    stub(name, credential = key) {
      const stub = createStub(name, { address, credential });
      stubs.push(stub);
      return stub;
    },
    async stop() {
      for (const stub of stubs) stub.close();
      await service.stop();
      await telemetry.shutdown();
      await folder.remove();
    },
  };
}
