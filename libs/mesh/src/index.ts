export { DirectoryLockedError } from '@athanor/process';
export { InheritedVariablesError } from './environment.js';
export { PortInUseError } from './free-ports.js';
export { findHome, type Home, homeAt, readJsonFile, writePrivateFile } from './home.js';
export { openLogFile } from './log-file.js';
export { type MeshOptions, type MeshPrograms, type RunningMesh, startMesh } from './mesh.js';
export { endProcess, type MeshAddresses, type MeshState, readRunningState } from './state.js';
