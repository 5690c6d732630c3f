import { expect, it } from 'vitest';
import { commandLine } from './command-line.js';

it('a command to type names the home, quoted where the shell asks for it', () => {
  expect(commandLine('down')).toBe('athanor down');
  expect(commandLine('down', '/tmp/x')).toBe('athanor --home /tmp/x down');
  expect(commandLine('down', "/tmp/it's mine")).toBe(String.raw`athanor --home '/tmp/it'\''s mine' down`);
});
