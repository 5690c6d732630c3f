import type { SharedMesh } from '../mesh/shared-mesh.js';
import { removeHome, startMesh, temporaryHome } from '../mesh/test-mesh.js';

/** Starts the mesh that files of this lane share. @returns a function that stops it. */
export async function setup({
  provide,
}: {
  provide(key: 'mesh', value: SharedMesh): void;
}): Promise<() => Promise<void>> {
  const home = await temporaryHome('shared');
  const mesh = await startMesh({ home });
  provide('mesh', { home, addresses: mesh.state.addresses });
  return async () => {
    await mesh.stop();
    await removeHome(home);
  };
}
