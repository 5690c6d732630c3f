import { int, intOf } from '../attribute.js';
import type { Attributes, Node } from '../model.js';
import { type Converter, intsNode, type OpsetStep } from './opset-step.js';

const node = (op: string, inputs: readonly string[], output: string, attributes: Attributes = {}): Node => ({
  op,
  domain: '',
  name: '',
  inputs,
  outputs: [output],
  attributes,
});

/** Scale and bias were per group; each is repeated for the channels of its group. */
const groupNormalization: Converter = (normalization, context) => {
  const [x, ...parameters] = normalization.inputs as readonly [string, ...string[]];
  const named = (what: string) => context.unique(`${normalization.outputs[0]}_${what}`);
  const [groups, groupsNode] = intsNode(context, 'groups', [intOf(normalization.attributes, 'num_groups', 1)]);
  const [last, lastNode] = intsNode(context, 'axis', [1]);
  const [open, openNode] = intsNode(context, 'channels', [-1]);
  const [channels, size, target] = [named('channels'), named('group_size'), named('groups')];
  const nodes = [
    ...[groupsNode, lastNode, openNode],
    node('Shape', [x], channels, { start: int(1), end: int(2) }),
    node('Div', [channels, groups], size),
    node('Concat', [groups, size], target, { axis: int(0) }),
  ];
  const repeated = parameters.map(parameter => {
    const [column, table, vector] = [named('column'), named('table'), named('per_channel')];
    nodes.push(node('Unsqueeze', [parameter, last], column));
    nodes.push(node('Expand', [column, target], table));
    nodes.push(node('Reshape', [table, open], vector));
    return vector;
  });
  return [...nodes, { ...normalization, inputs: [x, ...repeated] }];
};

export const step: OpsetStep = { from: 20, to: 21, converters: { GroupNormalization: groupNormalization } };
