// A real full disk: a tmpfs holds the mesh's home.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startMesh, type TestMesh } from '../mesh/test-mesh.js';

const MIB = 1024 * 1024;
const disk = await mkdtemp(join(tmpdir(), 'athanor-full-disk-'));
const isMounted = mount();
let mesh: TestMesh | undefined;

afterAll(async () => {
  await mesh?.stop();
  if (isMounted) execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Fills the disk completely, in large pieces first. */
function fill(): void {
  for (const [name, piece] of Object.entries({ large: MIB, small: 4096, last: 1 })) {
    const chunk = Buffer.alloc(piece);
    try {
      for (;;) writeFileSync(join(disk, name), chunk, { flag: 'a' });
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  }
}

function free(): void {
  for (const name of ['large', 'small', 'last']) rmSync(join(disk, name), { force: true });
}

async function outcome(call: Promise<unknown>): Promise<string> {
  return await call.then(
    () => 'OK',
    (error: { code: string }) => error.code,
  );
}

describe.skipIf(!isMounted)(`a full disk${isMounted ? '' : ' (no permission to mount one)'}`, () => {
  test('bug: inference stopped answering, and control ran into its deadline', async () => {
    const home = join(disk, 'home');
    mesh = await startMesh({ home });
    const { ingest, inference } = mesh.client;
    fill();
    let slowestMs = 0;
    const timed = async (call: Promise<unknown>): Promise<string> => {
      const begin = performance.now();
      const code = await outcome(call);
      slowestMs = Math.max(slowestMs, performance.now() - begin);
      return code;
    };
    // Each call is a line of the log; two kinds of calls, so that fewer lines are suppressed.
    for (let round = 0; round < 40; round++) {
      expect(await timed(inference.modelReady({ name: 'none' }))).toBe('NOT_FOUND');
      expect(await timed(inference.modelMetadata({ name: 'none' }))).toBe('NOT_FOUND');
      expect(await timed(inference.serverMetadata({}))).toBe('OK');
    }
    const codes: string[] = [];
    const description = 'x'.repeat(900);
    for (let round = 0; round < 100 && !codes.includes('RESOURCE_EXHAUSTED'); round++)
      codes.push(await timed(ingest.createDataset({ datasetId: `full-${round}`, description })));
    expect(codes.at(-1)).toBe('RESOURCE_EXHAUSTED');
    expect(new Set(codes.slice(0, -1))).toEqual(new Set(codes.length > 1 ? ['OK'] : []));
    expect(await timed(ingest.listDatasets({}))).toBe('OK');
    expect(slowestMs).toBeLessThan(5_000);

    free();
    expect(await outcome(ingest.createDataset({ datasetId: 'again', description }))).toBe('OK');
    const log = () => readFileSync(join(home, 'logs/inference.log'), 'utf8');
    // Another line makes the log notice that it can write again.
    await expect
      .poll(async () => (await outcome(inference.repositoryModelLoad({ modelName: 'm' }))) && log())
      .toMatch(/"lines":\d+,"cause":"ENOSPC[^\n]*lines were lost/);
  }, 120_000);
});
