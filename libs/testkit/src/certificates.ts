import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** PEM files of a certificate, its key, and the authority that signed it. */
export interface TestCertificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
}

/** A certificate authority for a test, created with openssl. */
export interface TestAuthority {
  readonly caFile: string;
  /** Signs a certificate for DNS names and writes it to <name>.pem and <name>.key, replacing existing ones. */
  issue(name: string, dnsNames: readonly string[]): Promise<TestCertificate>;
}

const run = promisify(execFile);
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export const hasOpenssl: boolean = await run('openssl', ['version']).then(
  () => true,
  () => false,
);

export async function createAuthority(folder: string, authority = 'ca'): Promise<TestAuthority> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const caFile = join(folder, `${authority}.pem`);
  const subject = ['-subj', '/CN=test authority', '-days', '2'];
  await openssl('req', '-x509', ...KEY, '-keyout', `${authority}.key`, '-out', caFile, ...subject);
  return {
    caFile,
    async issue(name, dnsNames) {
      const certFile = join(folder, `${name}.pem`);
      const keyFile = join(folder, `${name}.key`);
      await writeFile(join(folder, `${name}.names`), `subjectAltName=${dnsNames.map(dns => `DNS:${dns}`).join(',')}\n`);
      await openssl('req', ...KEY, '-keyout', keyFile, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
      const signer = ['-CA', caFile, '-CAkey', `${authority}.key`, '-CAcreateserial', '-days', '2'];
      await openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-out', certFile, '-extfile', `${name}.names`);
      return { certFile, keyFile, caFile };
    },
  };
}
