export { PortInUseError } from './free-ports.js';
export { type Home, homeAt, readJsonFile, writePrivateFile } from './home.js';
export { type MeshOptions, type MeshPrograms, type RunningMesh, startMesh } from './mesh.js';
export { endProcess, type MeshAddresses, type MeshState, readRunningState } from './state.js';
