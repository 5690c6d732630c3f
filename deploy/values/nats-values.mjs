// Writes nats.yaml: values for NATS' official chart, with a user for each service and the permissions that the services'
// own list gives it. "--check" writes nothing and fails when the file is not up to date. Needs a build.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { stringify } = createRequire(new URL('../../test/package.json', import.meta.url))('yaml');
const permissionsFile = createRequire(new URL('../../libs/mesh/package.json', import.meta.url)).resolve(
  '@athanor/events/nats-permissions',
);
const { natsPermissions } = await import(pathToFileURL(permissionsFile).href);

const FILE = new URL('nats.yaml', import.meta.url);
const HEAD = `# Three NATS servers with JetStream for the mesh, by NATS' official chart; made by deploy/values/nats-values.mjs.
# Passwords are in a secret of NATS' namespace and, the same, of the mesh's:
#
#   for ns in nats athanor; do kubectl create namespace $ns; done
#   kubectl -n nats create secret generic athanor-nats $(for s in ingest training registry router inference; do
#     echo --from-literal=$s-password=p$(openssl rand -hex 24); done)
#   kubectl -n nats get secret athanor-nats -o json | jq 'del(.metadata.namespace, .metadata.resourceVersion, .metadata.uid)' \\
#     | kubectl -n athanor apply -f -
#   helm repo add nats https://nats-io.github.io/k8s/helm/charts/
#   helm install nats nats/nats -n nats -f deploy/values/nats.yaml
#
# Passwords begin with a letter: the server would take what looks like a number for one.
`;
const SERVICES = ['ingest', 'training', 'registry', 'router', 'inference'];
const variable = service => `${service.toUpperCase()}_PASSWORD`;

const values = {
  config: {
    cluster: { enabled: true, replicas: 3 },
    jetstream: {
      enabled: true,
      fileStore: { enabled: true, pvc: { enabled: true, size: '10Gi' } },
      memoryStore: { enabled: false },
      // What is acknowledged is on disk.
      merge: { sync_interval: 'always' },
    },
    merge: {
      authorization: {
        users: SERVICES.map(service => ({
          user: service,
          // The chart writes what stands in << >> without quotes: a variable of the server's environment.
          password: `<< $${variable(service)} >>`,
          permissions: natsPermissions(service),
        })),
      },
    },
  },
  container: {
    env: Object.fromEntries(
      SERVICES.map(service => [
        variable(service),
        { valueFrom: { secretKeyRef: { name: 'athanor-nats', key: `${service}-password` } } },
      ]),
    ),
    merge: { resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '1Gi' } } },
  },
  // One server a node: a lost node leaves a quorum.
  podTemplate: {
    topologySpreadConstraints: { 'kubernetes.io/hostname': { maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' } },
  },
  podDisruptionBudget: { enabled: true },
  natsBox: { enabled: false },
};

const text = HEAD + stringify(values, { lineWidth: 120, aliasDuplicateObjects: false });
const old = (() => {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return '';
  }
})();
if (text !== old && process.argv.includes('--check')) {
  process.stderr.write('nats.yaml: run node deploy/values/nats-values.mjs\n');
  process.exitCode = 1;
} else if (text !== old) writeFileSync(FILE, text);
