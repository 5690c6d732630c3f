/*
 * A new PGlite database costs seconds of CPU: it runs initdb in WebAssembly. Set-up does that once; each new database is a copy.
 * Without the template a database is made as PGlite makes it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../../../../.cache/pglite/', import.meta.url));

/** Of one version of PGlite: another may have another format. */
function templateFolder(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = JSON.parse(readFileSync(join(entry, '../../package.json'), 'utf8')) as { version: string };
  return join(CACHE, version);
}

/** Makes the template where there is none. */
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
  // Of two that make it at once, the first wins.
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true, force: true }));
}

/** Lays the template into a folder that does not exist yet; whoever calls holds the folder's lock. */
export async function copyTemplate(directory: string): Promise<void> {
  const template = join(templateFolder(), 'data');
  if (existsSync(directory) || !existsSync(template)) return;
  const unfinished = `${directory}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await cp(template, unfinished, { recursive: true });
  await rename(unfinished, directory);
}

/** What a database in memory begins with; undefined where there is no template. */
export async function templateArchive(): Promise<Blob | undefined> {
  const archive = join(templateFolder(), 'data.tar');
  return existsSync(archive) ? new Blob([await readFile(archive)]) : undefined;
}
