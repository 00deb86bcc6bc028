export { type AuthConfig, type PolicyChoice } from './auth.js';
export { type Config, readConfig } from './config.js';
export { ConfigError } from './environment.js';
export { isLoopback } from './loopback.js';
export { type IssuerConfig } from './oidc-issuers.js';
export { publicSettings } from './public-settings.js';
export { type SharedSecretConfig } from './shared-secret.js';
export { refuseUnprotected } from './unprotected.js';
export { readSharedSecret } from './shared-secret.js';
