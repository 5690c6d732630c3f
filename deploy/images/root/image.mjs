// What an image does when it is told nothing: it says what it can run.
import { readFileSync } from 'node:fs';

const programs = JSON.parse(readFileSync(new URL('programs.json', import.meta.url), 'utf8'));
const lines = ['This image runs one of these, given as arguments; each is configured by ATHANOR_* variables:'];
process.stdout.write([...lines, ...programs.map(program => `  ${program}`), ''].join('\n'));
