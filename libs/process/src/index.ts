export { type DirectoryLock, DirectoryLockedError, lockDirectory } from './directory-lock.js';
export { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.js';
