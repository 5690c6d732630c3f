/*
 * Creating a PGlite database takes seconds of CPU, because it runs initdb in WebAssembly. Set-up does that once, and
 * each new database is a copy. Without the template PGlite creates the database itself.
 */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../../../../.cache/pglite/', import.meta.url));

/** Per version of PGlite, because the format may change. */
function templateFolder(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = JSON.parse(readFileSync(join(entry, '../../package.json'), 'utf8')) as { version: string };
  return join(CACHE, version);
}

/** Creates the template if it does not exist. */
export async function makeTemplate(): Promise<void> {
  const folder = templateFolder();
  if (existsSync(folder)) return;
  const { PGlite } = await import('@electric-sql/pglite');
  const unfinished = `${folder}.${process.pid}.tmp`;
  await mkdir(unfinished, { recursive: true });
  const database = await PGlite.create({ dataDir: join(unfinished, 'data') });
  const archive = await database.dumpDataDir('none');
  await database.close();
  await writeFile(join(unfinished, 'data.tar'), Buffer.from(await archive.arrayBuffer()));
  // If two processes create it concurrently, the first wins.
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true, force: true }));
}

/** Copies the template to a folder that does not exist yet; the caller holds the folder's lock. */
export async function copyTemplate(directory: string): Promise<void> {
  const template = join(templateFolder(), 'data');
  if (existsSync(directory) || !existsSync(template)) return;
  const unfinished = `${directory}.new`;
  await rm(unfinished, { recursive: true, force: true });
  // Synchronous: a starting process has nothing else to do, and it takes a third of the time of the asynchronous copy.
  cpSync(template, unfinished, { recursive: true });
  await rename(unfinished, directory);
}

/** Initial content of a database in memory; undefined without a template. */
export async function templateArchive(): Promise<Blob | undefined> {
  const archive = join(templateFolder(), 'data.tar');
  return existsSync(archive) ? new Blob([await readFile(archive)]) : undefined;
}
