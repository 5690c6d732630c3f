// Turns the application in a folder into its next version: DeploymentChanged has a field `reason`, the registry writes
// it, and its schema has a column for it. Fails if a pattern is not found because the sources have changed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [app] = process.argv.slice(2);

function edit(file, before, after) {
  const path = join(app, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(before)) throw new Error(`${file}: expected to find ${JSON.stringify(before)}`);
  writeFileSync(path, text.replace(before, after));
}

edit(
  'protos/athanor/registry/v1/registry_events.proto',
  '  bool deleted = 2;\n',
  '  bool deleted = 2;\n  // Why, in words.\n  string reason = 3;\n',
);
// The runner image knows events and has no registry.
if (existsSync(join(app, 'services/registry'))) {
  edit(
    'services/registry/dist/store/deployments.js',
    'payload: { name, deleted }',
    "payload: { name, deleted, reason: 'next' }",
  );
  edit(
    'services/registry/dist/store/migrations.js',
    '    outboxFailuresMigration,\n];',
    `    outboxFailuresMigration,
    {
        name: '0006_reason',
        async up(db) {
            await db.schema.alterTable('deployments').addColumn('reason', 'text', c => c.notNull().defaultTo('')).execute();
        },
    },
];`,
  );
}
