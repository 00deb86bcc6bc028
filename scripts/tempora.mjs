#!/usr/bin/env node
// `npx tempora` in a checkout: built first where it has changed.
await import('./build-if-stale.mjs');
await import('../dist/apps/cli/src/main.js');
