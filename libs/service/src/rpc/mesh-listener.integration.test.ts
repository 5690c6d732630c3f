import { createAuthority, hasOpenssl, temporaryDirectory } from '@athanor/testkit';
import { expect, test } from 'vitest';
import { startService } from '../lifecycle/service.js';
import { benchConfig } from '../service.testkit.js';
import { createTelemetry } from '../telemetry/index.js';
import { createTestCredentials } from '../testing/index.js';

test.skipIf(!hasOpenssl)('bug: a service that no other service calls had a mesh listener', async () => {
  const folder = await temporaryDirectory('mesh');
  const authority = await createAuthority(folder.path);
  const { certFile, keyFile, caFile } = await authority.issue('service', ['localhost']);
  const config = benchConfig(await createTestCredentials(folder.path), {
    ATHANOR_MESH_CERT_FILE: certFile,
    ATHANOR_MESH_KEY_FILE: keyFile,
    ATHANOR_MESH_CA_FILE: caFile,
  });
  const telemetry = createTelemetry({ service: 'test', logLevel: 'silent' });
  for (const [meshListener, wanted] of [
    [true, expect.any(Number)],
    [false, undefined],
  ] as const) {
    const service = await startService({ name: 'test', config, telemetry, services: {}, meshListener });
    expect(service.meshPort).toEqual(wanted);
    // The certificate for its own calls is still watched and measured.
    expect(await telemetry.metricsText()).toMatch(/certificate_expiry_timestamp_seconds\{[^}]*listener="mesh"/);
    await service.stop();
  }
  await telemetry.shutdown();
  await folder.remove();
});
