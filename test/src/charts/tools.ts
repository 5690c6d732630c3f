import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '../mesh/run-athanor.js';
import { ROOT } from '../mesh/test-mesh.js';

// Programs of the charts' tests: from the test bed next to the checkout, else from the PATH.

/** Scripts that start a control plane with fake nodes; not part of the project. */
export const TEST_BED = join(ROOT, '../shared/kubernetes');

/** A version of Helm that the chart must support. */
export interface Helm {
  readonly name: string;
  readonly path: string;
}

export interface Tools {
  readonly helms: readonly Helm[];
  readonly kubectl: string | undefined;
  readonly kubeconform: string | undefined;
  /** The folder of the test bed's programs. */
  readonly testBed: string | undefined;
  /** A cluster for tests: the test bed's, else the one of KUBECONFIG. */
  readonly cluster: string | undefined;
}

export const tools: Tools = await findTools();

/** For describe.skipIf: the missing programs, as part of the test's name; undefined if nothing is missing. */
export function missing(...names: ('helm' | 'kubectl' | 'kubeconform' | 'testBed' | 'cluster')[]): string | undefined {
  const absent = names.filter(name => (name === 'helm' ? tools.helms.length === 0 : tools[name] === undefined));
  return absent.length === 0 ? undefined : `no ${absent.map(describeTool).join(', no ')}`;
}

function describeTool(name: string): string {
  if (name === 'testBed') return 'control plane with fake nodes beside the checkout';
  return name === 'cluster' ? 'KUBECONFIG' : `${name} on the PATH`;
}

async function findTools(): Promise<Tools> {
  const testBed = await unpackTestBed();
  const find = (name: string) => onPath(name, testBed);
  const helms = await Promise.all(['helm3', 'helm4', ...(testBed ? [] : ['helm'])].map(find).map(describeHelm));
  return {
    helms: helms.filter(helm => helm !== undefined),
    kubectl: find('kubectl'),
    kubeconform: find('kubeconform'),
    testBed,
    cluster: testBed ?? process.env.KUBECONFIG,
  };
}

async function unpackTestBed(): Promise<string | undefined> {
  const script = join(TEST_BED, 'unpack.sh');
  if (!existsSync(script)) return undefined;
  const { code, stdout } = await runCommand('bash', [script]);
  return code === 0 ? stdout.trim() : undefined;
}

function onPath(name: string, first: string | undefined): string | undefined {
  const folders = [...(first === undefined ? [] : [first]), ...(process.env.PATH ?? '').split(delimiter)];
  return folders.map(folder => join(folder, name)).find(path => existsSync(path));
}

async function describeHelm(path: string | undefined): Promise<Helm | undefined> {
  if (path === undefined) return undefined;
  const { code, stdout } = await runCommand(path, ['version', '--short']);
  return code === 0 ? { name: `Helm ${stdout.trim().split('+')[0]}`, path } : undefined;
}
