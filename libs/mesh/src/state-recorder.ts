import { LAPTOP_SERVICES, type LaptopService, natsPort, servicePorts } from '@athanor/contracts';
import { identifyProcess, type ProcessIdentity } from '@athanor/process';
import type { Home } from './home.js';
import { type MeshAddresses, type MeshState, writeState } from './state.js';

/** Keeps the state file up to date while processes start and end. */
export class StateRecorder {
  state: MeshState;
  readonly #home: Home;
  #written: Promise<void> = Promise.resolve();

  constructor(home: Home, portBase: number) {
    this.#home = home;
    const addresses = (kind: 'public' | 'admin') =>
      Object.fromEntries(LAPTOP_SERVICES.map(name => [name, `127.0.0.1:${servicePorts(name, portBase)[kind]}`]));
    this.state = {
      home: home.root,
      supervisor: identifyProcess(process.pid) ?? { pid: process.pid, startTime: '' },
      addresses: addresses('public') as Record<LaptopService, string> satisfies MeshAddresses,
      adminAddresses: addresses('admin') as Record<LaptopService, string> satisfies MeshAddresses,
      natsUrl: `nats://127.0.0.1:${natsPort(portBase)}`,
      credentialsFile: home.credentialsFile,
      processes: {},
    };
  }

  /**
   * Writes are serialized, so that the file never returns to an older state. A failed write (a full disk) rejects its
   * own call only: the next one writes the whole state.
   */
  record(name: string, identity: ProcessIdentity): Promise<void> {
    this.state = { ...this.state, processes: { ...this.state.processes, [name]: identity } };
    const written = this.#written.then(() => writeState(this.#home, this.state));
    this.#written = written.catch(() => undefined);
    return written;
  }
}
