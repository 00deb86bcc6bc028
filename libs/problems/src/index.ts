export { CATALOGUE, type ProblemCode, type ProblemKind } from './catalogue.js';
export { codeOf, errorField } from './error-field.js';
export { type FieldError, Problem } from './problem.js';
export { problemOf } from './problem-of.js';
export { serverLost } from './server-lost.js';
