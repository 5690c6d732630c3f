export { createProgram, type RunOptions, runCli } from './program.js';
export { EXIT_CODES } from './exit-codes.js';
