// Writes docs/gradients.md: the table of operators with a gradient, and how exact each is. Its errors are measured by the
// checks of the tests, which Vite compiles; other packages are read as built.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';

const root = fileURLToPath(new URL('.', import.meta.url));
const server = await createViteServer({
  root,
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const { gradientsTable } = await server.ssrLoadModule('/src/gradients/gradients-table.testkit.ts');
writeFileSync(new URL('../../docs/gradients.md', import.meta.url), await gradientsTable());
await server.close();
