import { Command } from 'commander';
import { expect, it } from 'vitest';
import { withRecipe } from '../commands/recipe-options.js';
import { importCommand } from './import-command.js';

const after = (...words: string[]) => {
  let line = '';
  const plan = withRecipe(new Command('plan').argument('<path...>'));
  plan.option('-o, --output <format>').action(() => {
    line = importCommand(plan);
  });
  plan.parse(words, { from: 'user' });
  return line;
};

it('names the dataset after the first file', () => {
  expect(after('/data/Adult Census.csv.gz', 'b.csv')).toBe(
    "athanor dataset import adult-census '/data/Adult Census.csv.gz' b.csv",
  );
  expect(after('2024.csv')).toBe('athanor dataset import table 2024.csv');
});

it('has the options that were given, and no others', () => {
  expect(
    after('a.csv', '--target', 'x,y', '--no-header', '--null', '?', '--type', 'a=text', '--type', 'b=number'),
  ).toBe("athanor dataset import a a.csv --target x,y --no-header --null '?' --type a=text --type b=number");
  expect(after('a.csv', '--test-fraction', '0.2', '--accept-loss', '--strip', "p=it's")).toBe(
    "athanor dataset import a a.csv --strip 'p=it'\\''s' --accept-loss --test-fraction 0.2",
  );
});
