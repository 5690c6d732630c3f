import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@athanor/testkit';
import { eventually } from '../mesh/main-job.js';
import { ROOT, type TestMesh } from '../mesh/test-mesh.js';

/** A router in front of the single inference process of a mesh. */
export interface RouterProcess {
  readonly address: string;
  stop(): void;
}

export async function startRouterProcess(mesh: TestMesh, home: string): Promise<RouterProcess> {
  const poolsFile = join(home, 'pools.json');
  const pool = { name: 'all', address: mesh.state.addresses.inference, models: ['*'] };
  await writeFile(poolsFile, JSON.stringify({ pools: [pool] }));
  const [port, adminPort] = [await freePort(), await freePort()];
  const env = {
    ATHANOR_API_KEYS_FILE: join(home, 'api-keys.json'),
    ATHANOR_MESH_SECRET_FILE: join(home, 'mesh-secret'),
    ATHANOR_REGISTRY_ADDRESS: mesh.state.addresses.registry,
    ATHANOR_POOLS_FILE: poolsFile,
    ATHANOR_PORT: String(port),
    ATHANOR_ADMIN_PORT: String(adminPort),
    // Without its own NATS user it lists deployments only at its interval.
    ATHANOR_NATS_URL: mesh.state.natsUrl,
    ATHANOR_NATS_USER: 'router',
    ATHANOR_NATS_PASSWORD: 'none',
    ATHANOR_LOG_LEVEL: 'fatal',
  };
  const path = join(ROOT, 'services/router/dist/main.js');
  const child: ChildProcess = spawn(process.execPath, [path], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ready = () =>
    fetch(`http://127.0.0.1:${adminPort}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually('the router to be ready', ready, 30_000);
  return { address: `127.0.0.1:${port}`, stop: () => void child.kill('SIGTERM') };
}
