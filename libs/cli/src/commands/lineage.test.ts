import type { LineageNode } from '@athanor/contracts/registry';
import { expect, it } from 'vitest';
import { lineageText } from './lineage.js';

const node = (id: string, kind: LineageNode['kind'], label: string): LineageNode => ({
  ...{ id, kind, label, digest: 'sha256:0123456789abcdef', attributes: {} },
});

it('shows for each import what was imported, by whom and when, with its files', () => {
  const nodes = [
    node('v', 'KIND_MODEL_VERSION', 'pets v1'),
    node('a', 'KIND_SOURCE', 'model.onnx'),
    node('b', 'KIND_SOURCE', 'w.bin'),
  ];
  const edge = (to: string, source: string) => ({
    ...{ from: 'v', to, relation: 'imported_from' },
    attributes: { source, actor: 'key:1', time: '2026-11-28T20:00:00.123Z' },
  });
  expect(lineageText({ nodes, edges: [edge('a', './pets'), edge('b', './pets'), edge('a', './copy')] })).toBe(
    `pets v1 0123456789ab
  imported from ./pets, by key:1, at 2026-11-28T20:00:00Z
    model.onnx 0123456789ab
    w.bin 0123456789ab
  imported from ./copy, by key:1, at 2026-11-28T20:00:00Z
    model.onnx 0123456789ab
`,
  );
});
