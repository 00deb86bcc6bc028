/** `node --import ./test/register-typescript.mjs apps/api/src/main.ts` */
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
