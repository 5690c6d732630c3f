// A step of set-up: `node libs/database/dist/make-template.js`.
import { makeTemplate } from './engines/pglite-template.js';

await makeTemplate();
