import {
  allowAll,
  belle2,
  loadPolicy,
  OwnPolicyError,
  type Policy,
  PolicyFileError,
  scopesPolicy,
  WatchedPolicyFile,
} from '#auth';
import { type AuthConfig, ConfigError } from '#config';
import { type Log } from '#database';
import { Authenticator } from './authenticator.js';
import { Permissions } from './permissions.js';

/** Who is let in, and what they may do. */
export class Access {
  private constructor(
    readonly config: AuthConfig,
    readonly authenticator: Authenticator,
    readonly permissions: Permissions,
    private readonly policyFile: WatchedPolicyFile | null,
  ) {}

  /** @throws ConfigError where a policy file, or a policy of the operator's own, cannot be used */
  static async open(config: AuthConfig, log: Log): Promise<Access> {
    try {
      const { policyFile: path } = config;
      const policyFile = path === null ? null : new WatchedPolicyFile(path, log);
      const policy = await policyOf(config, policyFile);
      const authenticator = new Authenticator(config, (message) => {
        log.warn(message);
      });
      return new Access(config, authenticator, new Permissions(config, policy), policyFile);
    } catch (error) {
      if (error instanceof PolicyFileError) {
        throw new ConfigError(`CDB_POLICY_FILE: ${error.message}.`);
      }
      if (error instanceof OwnPolicyError) {
        throw new ConfigError(`CDB_PERMISSION_PLUGIN_CLASS: ${error.message}`);
      }
      throw error;
    }
  }

  close(): void {
    this.policyFile?.close();
  }
}

async function policyOf(
  { policy }: AuthConfig,
  policyFile: WatchedPolicyFile | null,
): Promise<Policy> {
  if (typeof policy === 'object') return loadPolicy(policy.module);
  switch (policy) {
    case 'allow-all':
      return allowAll;
    case 'belle2':
      return belle2;
    case 'scopes':
      return scopesPolicy(() => policyFile?.current ?? null);
  }
}
