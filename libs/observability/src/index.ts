export { EXPOSITION_TYPE, expositionOf } from './exposition.js';
export { counter, type Family, gauge, histogram, type Sample } from './family.js';
export { Histogram, SECONDS } from './histogram.js';
export { Runtime } from './runtime.js';
export { openTracing } from './open-tracing.js';
export { type RequestSpan, type Tracing } from './tracing.js';
export { VERSION } from './version.js';
