/**
 * The compiled file of a worker or child process. Tests run the TypeScript sources, but a thread can only be started
 * from dist.
 */
export function compiledEntry(name: string): URL {
  return new URL(`./${name}.js`, import.meta.url.replace('/src/runner/', '/dist/runner/'));
}
