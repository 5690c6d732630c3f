import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DirectoryLockedError } from '@athanor/process';
import { temporaryDirectory } from '@athanor/testkit';
import { expect, test } from 'vitest';
import { type Migration, openDatabase } from './index.js';

interface Tables {
  pairs: { round: number; half: string };
}

const MIGRATIONS: readonly Migration[] = [
  {
    name: '0001_pairs',
    up: async db => {
      await db.schema.createTable('pairs').addColumn('round', 'integer').addColumn('half', 'text').execute();
    },
  },
];

/** A process that repeatedly writes both rows of a pair in one transaction, and prints each committed round. */
const WRITER = `
import { openDatabase } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
const engine = await openDatabase(process.argv[2]);
const db = await engine.open({ schema: 'crash', migrations: [] });
const { last } = await db.selectFrom('pairs').select(eb => eb.fn.max('round').as('last')).executeTakeFirstOrThrow();
for (let round = (last ?? 0) + 1; ; round++) {
  await db.transaction().execute(async trx => {
    await trx.insertInto('pairs').values({ round, half: 'left' }).execute();
    await trx.insertInto('pairs').values({ round, half: 'right' }).execute();
  });
  console.log(round);
}
`;

test('after SIGKILL during writes, PGlite has every committed transaction and no partial one', async () => {
  const directory = await temporaryDirectory('crash');
  try {
    const url = `pglite://${join(directory.path, 'db')}`;
    const script = join(directory.path, 'writer.mjs');
    await writeFile(script, WRITER);
    const first = await openDatabase(url);
    await first.open({ schema: 'crash', migrations: MIGRATIONS });
    await first.close();
    let committed = 0;
    for (let crash = 0; crash < 3; crash++) {
      committed = await writeUntilKilled(script, url);
      const engine = await openDatabase(url);
      const db = await engine.open<Tables>({ schema: 'crash', migrations: MIGRATIONS });
      const rows = await db
        .selectFrom('pairs')
        .select(['round', eb => eb.fn.countAll<number>().as('halves')])
        .groupBy('round')
        .execute();
      await engine.close();
      expect(rows.length).toBeGreaterThanOrEqual(committed);
      expect(rows.every(row => row.halves === 2)).toBe(true);
    }
    expect(committed).toBeGreaterThan(20);
  } finally {
    await directory.remove();
  }
}, 90_000);

/** @returns the last round the writer reported before it was killed. */
async function writeUntilKilled(script: string, url: string): Promise<number> {
  const writer = spawn(process.execPath, [script, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = 0;
  let seen = 0;
  const lines = createInterface({ input: writer.stdout });
  lines.on('line', line => {
    last = Number(line);
    if (++seen === 25) writer.kill('SIGKILL');
  });
  // Both: all lines are read, and the process has exited and released its lock.
  await Promise.all([once(lines, 'close'), once(writer, 'exit')]);
  return last;
}

test('a folder in use is refused with the pid of its process, and is free again after SIGKILL', async () => {
  const directory = await temporaryDirectory('locked');
  try {
    const url = `pglite://${join(directory.path, 'db')}`;
    const script = join(directory.path, 'holder.mjs');
    const entryPoint = JSON.stringify(new URL('../dist/index.js', import.meta.url).href);
    await writeFile(
      script,
      `import { openDatabase } from ${entryPoint};\nawait openDatabase(process.argv[2]);\nconsole.log('open');\nsetInterval(() => {}, 1000);`,
    );
    const holder = spawn(process.execPath, [script, url], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(createInterface({ input: holder.stdout }), 'line');
    const error = await openDatabase(url).catch(e => e);
    expect(error).toBeInstanceOf(DirectoryLockedError);
    expect(error.pid).toBe(holder.pid);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await (await openDatabase(url)).close();
  } finally {
    await directory.remove();
  }
}, 60_000);
