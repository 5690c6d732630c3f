import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'athanor-last-lines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A service that has just written lines when an error ends it: a write of them is in progress. */
const PROGRAM = `
import { createTelemetry, runProcess } from '@athanor/service';
const { log } = createTelemetry({ service: 'test' });
const app = { stop: async () => undefined };
await runProcess(async () => app, { log });
for (let line = 0; line < 200; line++) log.info({ line, text: 'x'.repeat(1_000) }, 'line ' + line);
setImmediate(() => { throw new Error("the last error"); });
`;

test('bug: the line that says why a process ended was lost while others were being written', () => {
  for (let round = 0; round < 3; round++) {
    const path = join(folder, `${round}.log`);
    const fd = openSync(path, 'a');
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM], {
      cwd: import.meta.dirname,
      stdio: ['ignore', fd, 'inherit'],
    });
    closeSync(fd);
    expect(status).toBe(70);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('the last error');
    for (const line of ['line 0', 'line 199']) expect(text).toContain(`"${line}"`);
  }
});
