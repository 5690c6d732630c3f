export { EXIT_CODES } from './exit-codes.js';
export { createProgram, type RunOptions, runCli } from './program.js';
