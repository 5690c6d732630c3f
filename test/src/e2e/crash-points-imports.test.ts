import { proveImportCrashes } from '../chaos/prove-import-crashes.js';

// One point; the others are in test/src/chaos.
proveImportCrashes(['import.before-commit']);
