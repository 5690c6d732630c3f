// Certificates from files that change under a running process: a mounted Kubernetes secret, renewals of cert-manager.
//
// grpc-js has its own watcher (FileWatcherCertificateProvider), but it uses what it reads without validation: if a file
// is missing for a moment, or the certificate is read before and its key after a renewal, the listener refuses new
// connections until the next check. This one uses a pair only if it matches, and otherwise keeps the last valid one.
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { experimental } from '@grpc/grpc-js';

/** PEM files: a certificate chain with its key, the trusted authorities, or both. */
export interface CertificateFiles {
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly caFile?: string | undefined;
}

export interface WatchOptions {
  /** Called once per new problem; the previous certificates stay in use. */
  readonly onProblem?: ((error: Error) => void) | undefined;
  /** Called when new certificates are in use. */
  readonly onRenewal?: (() => void) | undefined;
  readonly intervalMs?: number | undefined;
}

const WATCH_INTERVAL_MS = 5_000;

type CaListener = experimental.CaCertificateUpdateListener;
type IdentityListener = experimental.IdentityCertificateUpdateListener;

/** The certificate provider for grpc-js, kept up to date. */
export interface WatchedCertificates extends experimental.CertificateProvider {
  /** Expiry of the certificate, or of the first authority if there is no certificate: epoch milliseconds. */
  readonly expiresAtMs: number;
  close(): void;
}

/** Reads the files and watches them from then on. Throws an error with the file's name if one is missing or invalid. */
export function openCertificates(files: CertificateFiles, options: WatchOptions = {}): WatchedCertificates {
  const paths = [files.certFile, files.keyFile, files.caFile];
  let content = check(toPem(paths.map(path => path && readFileSync(path))), files);
  let problem = '';
  const caListeners = new Set<CaListener>();
  const identityListeners = new Set<IdentityListener>();

  async function look(): Promise<void> {
    try {
      const pem = toPem(await Promise.all(paths.map(path => path && readFile(path))));
      // The bytes are usually unchanged: they are parsed, and the key is checked, only after a change.
      const isRenewed = fingerprintOf(pem) !== content.fingerprint;
      if (isRenewed) content = check(pem, files);
      problem = '';
      if (!isRenewed) return;
      for (const listener of caListeners) listener(content.ca ?? null);
      for (const listener of identityListeners) listener(content.identity ?? null);
      options.onRenewal?.();
    } catch (error) {
      if ((error as Error).message === problem) return;
      problem = (error as Error).message;
      options.onProblem?.(error as Error);
    }
  }

  const timer = setInterval(() => void look(), options.intervalMs ?? WATCH_INTERVAL_MS).unref();
  return {
    get expiresAtMs() {
      return content.expiresAtMs;
    },
    addCaCertificateListener(listener) {
      caListeners.add(listener);
      process.nextTick(() => listener(content.ca ?? null));
    },
    removeCaCertificateListener: listener => void caListeners.delete(listener),
    addIdentityCertificateListener(listener) {
      identityListeners.add(listener);
      process.nextTick(() => listener(content.identity ?? null));
    },
    removeIdentityCertificateListener: listener => void identityListeners.delete(listener),
    close: () => clearInterval(timer),
  };
}

interface Pem {
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
  readonly ca: Buffer | undefined;
}

function toPem([cert, key, ca]: readonly (Buffer | '' | undefined)[]): Pem {
  return { cert: cert || undefined, key: key || undefined, ca: ca || undefined };
}

function fingerprintOf({ cert, key, ca }: Pem): string {
  const hash = createHash('sha256');
  for (const each of [cert, key, ca]) hash.update(each ?? '').update('\0');
  return hash.digest('hex');
}

interface Content {
  readonly ca?: experimental.CaCertificateUpdate;
  readonly identity?: experimental.IdentityCertificateUpdate;
  readonly expiresAtMs: number;
  readonly fingerprint: string;
}

function check(pem: Pem, files: CertificateFiles): Content {
  const { cert, key, ca } = pem;
  const leaf = cert === undefined ? undefined : parse(cert, files.certFile);
  const authority = ca === undefined ? undefined : parse(ca, files.caFile);
  if (leaf !== undefined && (key === undefined || !leaf.checkPrivateKey(parseKey(key, files.keyFile)))) {
    throw new Error(`${files.keyFile}: expected the key of the certificate in ${files.certFile}`);
  }
  return {
    ...(ca && { ca: { caCertificate: ca } }),
    ...(cert && key && { identity: { certificate: cert, privateKey: key } }),
    expiresAtMs: Date.parse((leaf ?? authority)?.validTo ?? ''),
    fingerprint: fingerprintOf(pem),
  };
}

function parse(pem: Buffer, path: string | undefined): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new Error(`${path}: expected a certificate in PEM: ${(cause as Error).message}`, { cause });
  }
}

function parseKey(pem: Buffer, path: string | undefined) {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new Error(`${path}: expected a private key in PEM without a passphrase: ${(cause as Error).message}`, {
      cause,
    });
  }
}
