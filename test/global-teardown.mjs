export { closeSharedDoor as default } from './shared-door.mjs';
