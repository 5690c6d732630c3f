/** The compiled file of a worker or child. Tests run the TypeScript sources, but a new thread can only start from dist. */
export function compiledEntry(name: string): URL {
  return new URL(`./${name}.js`, import.meta.url.replace('/src/runner/', '/dist/runner/'));
}
