// Reflection as used by grpcurl: it compiles the server's descriptors, and refuses invalid ones.
import { SERVICE_NAMES } from '@athanor/contracts';
import { findGrpcurl } from '@athanor/testkit';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { runCommand } from '../mesh/run-athanor.js';
import { openTenant, type TestTenant } from '../mesh/shared-mesh.js';

const grpcurl = await findGrpcurl();
const STANDARD = [
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];

/** The services of each port, a call of each, and grpcurl's output of its response. */
const PORTS = {
  ingest: {
    [SERVICE_NAMES.ingest]: ['GetDataset', '{"dataset_id": "none"}', /NotFound/],
  },
  training: {
    [SERVICE_NAMES.training]: ['ListTrainingJobs', '{"page_size": 5}', /\{/],
    // A tenant's key may not call AttemptService.
    [SERVICE_NAMES.attempts]: ['Heartbeat', '{"attempt_id": "a", "progress": {}}', /PermissionDenied/],
  },
  registry: {
    [SERVICE_NAMES.registry]: ['ListModels', '{}', /\{/],
    [SERVICE_NAMES.events]: ['ListDeadLetters', '{}', /\{/],
  },
  inference: {
    // A map, a oneof, and bytes.
    [SERVICE_NAMES.inference]: [
      'ModelInfer',
      '{"model_name": "none", "parameters": {"a": {"int64_param": 1}}, "raw_input_contents": ["AAAA"]}',
      /NotFound[\s\S]*'none' is not found/,
    ],
    [SERVICE_NAMES.inferenceStatus]: ['GetDeploymentStatus', '{"name": "none"}', /NotFound/],
  },
} as const satisfies Record<string, Record<string, readonly [string, string, RegExp]>>;

describe.skipIf(!grpcurl.available)(`grpcurl${grpcurl.available ? '' : ` (${grpcurl.reason})`}`, () => {
  let mesh: TestTenant;

  beforeAll(async () => {
    mesh = await openTenant(inject('mesh'), 'grpcurl');
  });
  afterAll(() => mesh?.close());

  const run = async (...args: string[]): Promise<string> => {
    if (!grpcurl.available) throw new Error(grpcurl.reason);
    const key = ['-plaintext', '-H', `authorization: Bearer ${mesh.apiKey}`];
    const { stdout, stderr } = await runCommand(grpcurl.path, [...key, ...args]);
    return stdout + stderr;
  };

  describe.each(Object.entries(PORTS))('%s', (port, services) => {
    const address = () => mesh.addresses[port as keyof typeof PORTS];

    test('bug: every port listed services that it does not serve', async () => {
      const listed = (await run(address(), 'list')).trim().split('\n').sort();
      expect(listed).toEqual([...Object.keys(services), ...STANDARD].sort());
    });

    test.each([...Object.keys(services), ...STANDARD])('bug: %s could not be described', async name => {
      expect(await run(address(), 'describe', name)).toContain(`${name} is a service:`);
    });

    test.each(Object.entries(services))('bug: %s could not be called', async (name, [method, request, answer]) => {
      expect(await run('-d', request, address(), `${name}/${method}`)).toMatch(answer);
    });
  });

  test('bug: messages with maps, times and durations could not be described', async () => {
    const { inference, registry } = mesh.addresses;
    expect(await run(inference, 'describe', 'inference.ModelInferRequest')).toMatch(
      /map<string, .inference.InferParameter> parameters = 4;/,
    );
    expect(await run(registry, 'describe', 'athanor.registry.v1.Model')).toMatch(
      /.google.protobuf.Timestamp create_time/,
    );
    expect(await run(registry, 'describe', 'athanor.training.v1.TrainingService')).toMatch(/not found|Symbol/i);
  });

  test('health needs no credential, reflection does', async () => {
    if (!grpcurl.available) return;
    const { inference } = mesh.addresses;
    const { stderr } = await runCommand(grpcurl.path, ['-plaintext', inference, 'list']);
    expect(stderr).toMatch(/Unauthenticated/);
  });
});
