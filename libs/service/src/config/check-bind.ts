import { ConfigError } from './load-config.js';
import type { ServiceConfig } from './service-config.js';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** Refuses to be reachable from other machines without TLS, unless that is explicitly allowed. */
export function checkBind(config: ServiceConfig): void {
  const problems: string[] = [];
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key, MESH_CERT_FILE: meshCert, MESH_KEY_FILE: meshKey } = config;
  if ((cert === undefined) !== (key === undefined)) {
    problems.push('TLS_CERT_FILE and TLS_KEY_FILE: expected both or neither');
  }
  if ((meshCert === undefined) !== (meshKey === undefined)) {
    problems.push('MESH_CERT_FILE and MESH_KEY_FILE: expected both or neither');
  }
  if (meshCert !== undefined && config.MESH_CA_FILE === undefined) {
    problems.push(
      'MESH_CA_FILE: expected with MESH_CERT_FILE, to know which callers belong to the mesh (it is not set)',
    );
  }
  if (!LOOPBACK.test(config.HOST) && cert === undefined && !config.INSECURE_BIND) {
    problems.push(
      `HOST: '${config.HOST}' can be reached from other machines, and there is no TLS; ` +
        'set TLS_CERT_FILE and TLS_KEY_FILE, and MESH_CA_FILE for every service that calls this one, ' +
        'or INSECURE_BIND=true if something else protects the port',
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
}
