export {
  type Action,
  ACTIONS,
  describeObject,
  detachedPayload,
  EVERYTHING,
  globalTag,
  payloadList,
  payloadType,
  type PermissionObject,
  status,
  typeInTag,
} from './actions.js';
export { bearerToken } from './bearer.js';
export { belle2 } from './belle2-policy.js';
export { type Identity } from './identity.js';
export { loadPolicy, OwnPolicyError } from './own-policy.js';
export { PolicyFileError } from './policy-file.js';
export { allowAll, type Policy, type Question } from './policy.js';
export { scopesPolicy } from './scopes-policy.js';
export { IssuerUnavailable, TokenRefusal } from './token-refusal.js';
export { type SharedSecret, TokenVerifier } from './token-verifier.js';
export { WatchedPolicyFile } from './watched-policy-file.js';
