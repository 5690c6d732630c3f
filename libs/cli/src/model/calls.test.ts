import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { callsOf } from './calls.js';
import type { ExampleInput } from './example-row.js';

const addresses = { ingest: 'a:1', training: 'a:2', registry: 'a:3', inference: 'a:4' };
const AGE: ExampleInput = { name: 'age', datatype: 'FP64', shape: [1], kind: 'number', value: 39 };
const IMAGE: ExampleInput = { name: 'image', datatype: 'UINT8', shape: [28, 28], kind: 'vector', value: undefined };
const NAMES = ["it's", '"quoted"', '$HOME `id` \\', 'a\nb', '<b>', 'größe 📏'];

function callsWith(inputs: readonly ExampleInput[], context = {}, isBatched = true) {
  return callsOf({ name: 'income', inputs, isBatched, context: { addresses, ...context }, athanor: 'athanor' });
}

describe('calls of a model', () => {
  it('are quoted for the shell: names and values arrive as they are', () => {
    const inputs = NAMES.map(name => ({ ...AGE, name, datatype: 'BYTES', kind: 'text', value: name }));
    const script = `athanor() { printf %s "$4"; }\n${callsWith(inputs).cli}`;
    const row = JSON.parse(execFileSync('bash', ['-c', script], { encoding: 'utf8' })) as object;
    expect(row).toEqual(Object.fromEntries(NAMES.map(name => [name, name])));
  });

  it('have a timestamp as text on the command line, and as microseconds in tensors', () => {
    const value = '2026-11-28T00:00:00Z';
    const calls = callsWith([{ ...AGE, name: 'day', datatype: 'INT64', kind: 'timestamp', value }]);
    expect(calls.cli).toBe(`athanor infer income --json '{"day":"${value}"}'`);
    expect(calls.python).toContain('("day", "INT64", [1795824000000000])');
    expect(calls.grpcurl).toContain('"int64_contents":[1795824000000000]');
  });

  it('have an expression for a large tensor, and none for grpcurl', () => {
    const calls = callsWith([IMAGE]);
    expect(calls.cli).toContain('python3 -c');
    expect(calls.python).toContain('("image", "UINT8", [[0] * 28] * 28)');
    expect(calls.grpcurl).toBe('');
  });

  it('have no rows for a model without a batch', () => {
    const calls = callsWith([{ ...IMAGE, shape: [2, 3] }], {}, false);
    expect(calls.cli).toContain('{"image": [[0] * 3] * 2}');
    expect(calls.python).toContain('np.array(value,');
    expect(calls.grpcurl).toContain('"shape":[2,3]');
  });

  it('read the key where the context has it, and use TLS where it needs it', () => {
    const local = callsWith([AGE], { apiKeyFile: '/home/a/credentials.json' });
    expect(local.python).toContain('json.load(open("/home/a/credentials.json"))["apiKey"]');
    expect(local.grpcurl).toContain('grpcurl -plaintext ');
    const remote = callsWith([AGE], { apiKey: 'secret', caFile: '/ca.pem' });
    expect(remote.python).toContain('ssl=True, root_certificates="/ca.pem"');
    expect(remote.grpcurl).toContain('grpcurl -cacert /ca.pem ');
    expect(JSON.stringify(remote)).not.toContain('secret');
  });
});
