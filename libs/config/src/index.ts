export { type Config, type DatabaseAddress, readConfig } from './config.js';
export { ConfigError } from './environment.js';
export { publicSettings } from './public-settings.js';
