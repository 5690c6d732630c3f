import { describe, expect, it } from 'vitest';
import { template } from './render.js';
import { missing, tools } from './tools.js';

const absent = missing('helm');
const GPU = { mode: 'devicePlugin' };

/** Invalid values and their error messages, from the schema or from templates/validation.yaml. */
const REFUSED: readonly (readonly [title: string, values: Record<string, unknown>, says: RegExp])[] = [
  ['a wrong type', { 'ingest.replicas': 'two' }, /at '\/ingest\/replicas': got string, want integer/],
  ['an unknown key', { replicaz: 2 }, /additional properties 'replicaz' not allowed/],
  ['an unknown key of a pool', { 'inference.pools.a.gpus': 1 }, /'\/inference\/pools\/a'.*'gpus' not allowed/],
  ['an unknown key of a service', { 'router.port': 1 }, /at '\/router': additional properties 'port' not allowed/],
  ['an unknown log level', { 'runtime.logLevel': 'loud' }, /'\/runtime\/logLevel': value must be one of/],
  ['a memory that is none', { 'defaults.resources.limits.memory': 'lots' }, /does not match pattern/],
  ['an invalid image digest', { 'image.control.digest': 'latest' }, /'\/image\/control\/digest'.*pattern/],
  ['no NATS', { 'nats.url': '' }, /no NATS: set nats\.url/],
  ['a URL of NATS that is none', { 'nats.url': 'nats.nats:4222' }, /'\/nats\/url'.*does not match pattern/],
  ['no credentials for NATS', { 'nats.existingSecret.name': '' }, /no credentials for NATS: set nats\.existingSecret/],
  ['a literal and a secret for NATS', { 'nats.user': 'a', 'nats.password': 'b' }, /are both set: keep the secret/],
  ['no database', { 'database.existingSecret.name': '' }, /no database: set database\.existingSecret\.name/],
  [
    'a literal and a secret for the database',
    { 'database.url': 'postgres://u:p@db/a' },
    /database\.url and database\.existingSecret\.name are both set: keep one/,
  ],
  ['a database that is not PostgreSQL', { 'database.url': 'mysql://db' }, /'\/database\/url'.*does not match pattern/],
  ['no place for blobs', { 'blobs.s3.bucket': '' }, /no storage for blobs: set blobs\.s3\.bucket, or blobs\.mode=pvc/],
  [
    'ReadWriteOnce with two replicas',
    { 'blobs.mode': 'pvc', 'blobs.pvc.accessMode': 'ReadWriteOnce' },
    /ingest has 2 replicas, but .* ReadWriteOnce lets one pod use its volume: set ingest\.replicas=1/,
  ],
  [
    'ReadWriteOnce with two replicas of one service',
    {
      'blobs.mode': 'pvc',
      'blobs.pvc.accessMode': 'ReadWriteOncePod',
      defaults: { replicas: 1 },
      registry: { replicas: 3 },
    },
    /registry has 3 replicas/,
  ],
  [
    'bug: uploads that find no room in /tmp',
    { 'ingest.tmpSizeLimit': '2.5Gi' },
    /ingest\.tmpSizeLimit is 2\.5Gi, but an upload may have 4294967296 bytes .* set ingest\.tmpSizeLimit to more/,
  ],
  [
    'imported models that find no room in /tmp',
    { 'registry.maxModelImports': 3 },
    /registry\.tmpSizeLimit is 8Gi, but 3 imports .* of 4294967296 bytes .* set registry\.tmpSizeLimit to more/,
  ],
  ['more copies of streams than NATS has', { 'nats.streamReplicas': 6 }, /'\/nats\/streamReplicas'/],
  ['a long release name', { fullnameOverride: 'a'.repeat(36) }, /'\/fullnameOverride'.*does not match pattern/],
  [
    'a pool’s name that is none',
    { 'inference.pools.Big_Pool': {} },
    /at '\/inference\/pools': additional properties 'Big_Pool'/,
  ],
  ['a pool without models', { 'inference.pools.a.models': [] }, /'\/inference\/pools\/a\/models'.*minItems/],
  ['a model selector that is none', { 'inference.pools.a.models': ['tag:x'] }, /models\/0'.*does not match pattern/],
  [
    'two pools without a router',
    { 'router.enabled': false, 'inference.pools': { a: {}, b: {} } },
    /router\.enabled is false, but there are 2 pools \(a, b\)/,
  ],
  [
    'hpa and keda',
    { 'inference.pools.a.autoscaling': { hpa: {}, keda: {} } },
    /'hpa', 'keda' not allowed|'keda', 'hpa'/,
  ],
  [
    'keda without Prometheus',
    { 'inference.pools.a.autoscaling': { mode: 'keda', queueDepth: 10 } },
    /keda reads queueDepth from Prometheus; set prometheusAddress/,
  ],
  [
    'an autoscaler that follows nothing',
    { 'inference.pools.a.autoscaling': { mode: 'hpa', cpuUtilization: null } },
    /no metric; set cpuUtilization or queueDepth/,
  ],
  [
    'an autoscaler of which least is more than most',
    { 'inference.pools.a.autoscaling': { mode: 'hpa', minReplicas: 9 } },
    /minReplicas is 9, maxReplicas 5/,
  ],
  [
    'two time-sliced GPUs',
    { 'inference.pools.a': { image: 'cuda', gpu: { ...GPU, resource: 'nvidia.com/gpu.shared', count: 2 } } },
    /inference\.pools\.a\.gpu\.count is 2, but nvidia\.com\/gpu\.shared is a time-sliced GPU/,
  ],
  ['a GPU without its image', { 'inference.pools.a.gpu': GPU }, /asks for a GPU, but image is cpu: set .*image=cuda/],
  ['the GPU’s image without a GPU', { 'inference.pools.a.image': 'cuda' }, /has image cuda, but no GPU/],
  [
    'a GPU for training without its image',
    { 'training.job.gpu': GPU },
    /training\.job asks for a GPU, but image is cpu/,
  ],
  ['no secret of public TLS', { 'tls.public.mode': 'existingSecret' }, /set tls\.public\.existingSecret\.name/],
  ['no secret of mesh TLS', { 'tls.mesh.mode': 'existingSecret' }, /set tls\.mesh\.existingSecret\.name/],
  [
    'a secret for a generated certificate',
    { 'tls.mesh.existingSecret.name': 'x' },
    /tls\.mesh\.existingSecret\.name is set, but tls\.mesh\.mode is generated/,
  ],
  ['no issuer', { 'tls.mesh.mode': 'certManager' }, /tls\.mesh\.mode is certManager: set tls\.mesh\.issuer\.name/],
  ['a mesh without TLS', { 'tls.mesh.mode': 'disabled' }, /'\/tls\/mesh\/mode': value must be one of/],
  ['a gateway behind TLS', { 'gateway.enabled': true }, /TLS ends at the gateway, so set tls\.public\.mode=disabled/],
  [
    'API keys in the values and in a secret',
    {
      'apiKeys.existingSecret.name': 'k',
      'apiKeys.entries': [{ id: '0a0b0c0d', hash: `sha256:${'0'.repeat(64)}`, tenant: 'a', permissions: ['*'] }],
    },
    /apiKeys\.existingSecret\.name and apiKeys\.entries are both set/,
  ],
  ['an API key that is no hash', { 'apiKeys.entries': [{ id: 'x' }] }, /'\/apiKeys\/entries\/0': missing properties/],
  ['nothing given, nothing generated', { 'secrets.generate': false }, /secrets\.generate is false: set meshSecret/],
  [
    'generated certificates without generating',
    {
      'secrets.generate': false,
      'meshSecret.existingSecret.name': 'm',
      'apiKeys.existingSecret.name': 'k',
    },
    /secrets\.generate is false: set tls\.mesh\.mode and tls\.public\.mode/,
  ],
];

describe.skipIf(absent)(`the chart refuses${absent ? ` (skipped: ${absent})` : ''}`, () => {
  it.each(REFUSED)('%s', async (_title, values, says) => {
    const answers = await Promise.all(tools.helms.map(helm => template({ helm, values })));
    for (const { code, stderr } of answers) {
      expect(code).not.toBe(0);
      expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(says);
    }
  });

  it.each([
    ['cert-manager', { tls: { mesh: { mode: 'certManager', issuer: { name: 'i' } } } }, /no cert-manager\.io\/v1/],
    ['KEDA', { 'inference.pools.a.autoscaling': { mode: 'keda' } }, /no keda\.sh\/v1alpha1: install KEDA, or use hpa/],
  ])('%s if the cluster has none', async (_title, values, says) => {
    const { code, stderr } = await template({ values, apis: [] });
    expect(code).not.toBe(0);
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(says);
  });

  it('names of releases that leave no room for pools', async () => {
    const { code, stderr } = await template({ release: `athanor-${'x'.repeat(40)}` });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/is too long.*set fullnameOverride/s);
  });
});
