import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../mesh/run-athanor.js';
import { FULLNAME, NAMESPACE } from './cluster.js';
import { secretValue } from './release.js';

/**
 * Replaces the certificate in a secret by a new one for the same names and by the same authority, like a renewal by
 * cert-manager.
 */
export async function renewCertificate(listener: 'public' | 'mesh'): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-renew-'));
  const openssl = async (...args: string[]) => {
    const { code, stderr } = await runCommand('openssl', args, { cwd: folder });
    if (code !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
  };
  await writeFile(join(folder, 'ca.crt'), await secretValue('ca', 'tls.crt'));
  await writeFile(join(folder, 'ca.key'), await secretValue('ca', 'tls.key'));
  const old = new X509Certificate(await secretValue(`${listener}-tls`, 'tls.crt'));
  const names = (old.subjectAltName ?? '').replaceAll('IP Address:', 'IP:').replaceAll(' ', '');
  const usage = 'extendedKeyUsage=serverAuth,clientAuth';
  await writeFile(join(folder, 'extensions'), `subjectAltName=${names}\n${usage}\n`);
  await openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'tls.key', '-out', 'csr', '-subj', '/CN=renewed');
  const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30', '-extfile', 'extensions'];
  await openssl('x509', '-req', '-in', 'csr', ...signer, '-out', 'tls.crt');
  const read = async (name: string) => (await readFile(join(folder, name))).toString('base64');
  const data = { 'tls.crt': await read('tls.crt'), 'tls.key': await read('tls.key'), 'ca.crt': await read('ca.crt') };
  const metadata = { name: `${FULLNAME}-${listener}-tls` };
  const secret = { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata, data };
  await writeFile(join(folder, 'secret.json'), JSON.stringify(secret));
  // As the field manager "helm", so that its next upgrade finds no conflict.
  const manager = ['--server-side', '--field-manager=helm', '--force-conflicts'];
  const args = ['--namespace', NAMESPACE, 'apply', ...manager, '-f', join(folder, 'secret.json')];
  const { code, stderr } = await runCommand('kubectl', args);
  if (code !== 0) throw new Error(`kubectl apply: ${stderr}`);
}
