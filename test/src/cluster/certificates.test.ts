import { connect } from 'node:tls';
import { type AthanorClient, createStub } from '@athanor/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FULLNAME, NAMESPACE, unavailable } from './cluster.js';
import { MODEL, serveDigits } from './digits.js';
import { freshRelease } from './fresh-release.js';
import { get, kubectl } from './kubectl.js';
import { loadTable, startLoad } from './load.js';
import { connectTo, type ExternalAccess, podsOf, readExternalAccess } from './release.js';
import { renewCertificate } from './renew.js';

describe.skipIf(unavailable !== undefined)(`certificates${unavailable ? ` (skipped: ${unavailable})` : ''}`, () => {
  let access: ExternalAccess;
  let client: AthanorClient;

  beforeAll(async () => {
    await freshRelease();
    access = await readExternalAccess();
    client = connectTo(access);
    await serveDigits(client);
  }, 300_000);
  afterAll(() => client?.close());

  /** The serial number of the certificate that a public port presents to a new caller. */
  async function shownSerial(address: string): Promise<string> {
    const [host, port] = address.split(':') as [string, string];
    return await new Promise((resolve, reject) => {
      const socket = connect({ host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['h2'] }, () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      });
      socket.on('error', reject);
    });
  }

  const others = (pods: readonly string[], component: string) => pods.filter(each => !each.includes(component));

  async function startCounts(): Promise<string[]> {
    const pods = (await Promise.all(['ingest', 'training', 'registry', 'router', 'inference'].map(podsOf))).flat();
    return pods.map(({ metadata, status }) => `${metadata.name} ${status.containerStatuses?.[0]?.restartCount}`).sort();
  }

  it('are renewed by a new secret alone: no pod restarts, no request fails', async () => {
    const { image } = await serveDigits(client);
    const before = { serial: await shownSerial(access.addresses.inference), pods: await startCounts() };
    const load = startLoad({ access, modelName: MODEL, image, ratePerSecond: 50 });
    for (const listener of ['public', 'mesh'] as const) await renewCertificate(listener);
    await expect
      .poll(() => shownSerial(access.addresses.inference), { timeout: 150_000, interval: 2_000 })
      .not.toBe(before.serial);
    // New connections inside the mesh, by callers that trusted the authority all the time; one router restarts.
    const [router] = await podsOf('router');
    await kubectl('--namespace', NAMESPACE, 'delete', 'pod', router!.metadata.name, '--wait=false');
    await new Promise(resolve => setTimeout(resolve, 20_000));
    const result = await load.stop();
    process.stdout.write(`${loadTable('renewed certificates', result)}\n`);
    const [report] = result.reports;
    expect(report!.failed, report!.failures.join('; ')).toBe(0);
    expect(others(await startCounts(), 'router')).toEqual(others(before.pods, 'router'));
  }, 300_000);

  it('are required on the mesh ports: calls without one, also with a token, are refused', async () => {
    const service = await get('service', `${FULLNAME}-registry`, NAMESPACE);
    const mesh = createStub('registry', {
      address: `${service.spec.clusterIP}:8033`,
      credential: access.apiKey,
      caFile: access.caFile,
    });
    await expect(mesh.listModels({}, { timeoutMs: 5_000 })).rejects.toMatchObject({
      code: expect.stringMatching(/UNAVAILABLE|DEADLINE_EXCEEDED/),
    });
    mesh.close();
  });
});
