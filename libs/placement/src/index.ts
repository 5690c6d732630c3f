export { explicitLoadRefused } from './explicit-load.js';
export { parseSelector, parseSelectors, type Selectable, type Selector, toSelectable } from './selector.js';
export { type PassContext, WakeLoop } from './wake-loop.js';
export { watchDeployments } from './watch-deployments.js';
