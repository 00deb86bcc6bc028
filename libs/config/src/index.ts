export { type Config, readConfig } from './config.js';
export { ConfigError } from './environment.js';
export { publicSettings } from './public-settings.js';
