export type { ComponentFamily, ComponentKind, RawComponent, ResolvedComponent } from './component-kind.js';
export { describeFamily, type KindDescription } from './describe-family.js';
export { nearest } from './nearest.js';
export { type ComponentProblem, type ParsedComponent, parameterNames, parseComponent } from './parse-component.js';
