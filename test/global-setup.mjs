export { openSharedDoor as default } from './shared-door.mjs';
