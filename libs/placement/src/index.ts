export { type ChangeRequest, changeDeployment } from './change-deployment.js';
export { checkLoadRequest, checkUnloadRequest, refuseRepositoryName } from './check-repository-request.js';
export { listDeployments } from './list-deployments.js';
export { parseSelector, parseSelectors, type Selectable, type Selector, toSelectable } from './selector.js';
export { type PassContext, WakeLoop } from './wake-loop.js';
export { watchDeployments } from './watch-deployments.js';
