import { expect, it } from 'vitest';
import { commandLine } from './command-line.js';

it('a suggested command includes the home folder, quoted for the shell if necessary', () => {
  expect(commandLine('down')).toBe('athanor down');
  expect(commandLine('down', '/tmp/x')).toBe('athanor --home /tmp/x down');
  expect(commandLine('down', "/tmp/it's mine")).toBe(String.raw`athanor --home '/tmp/it'\''s mine' down`);
});
