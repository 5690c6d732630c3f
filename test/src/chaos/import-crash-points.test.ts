import { proveImportCrashes } from './prove-import-crashes.js';

proveImportCrashes([
  ...['registry.before-part-commit', 'registry.after-part', 'registry.before-complete'],
  ...['import.after-files', 'import.before-commit', 'import.after-commit'],
]);
