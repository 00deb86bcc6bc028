import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Policy } from './policy.js';

/** A policy of the operator's own cannot be used. Its message is one sentence. */
export class OwnPolicyError extends Error {
  override readonly name = 'OwnPolicyError';
}

/**
 * Loads the policy that a module has as its default export.
 * @param path from the folder that the service was started in
 * @throws OwnPolicyError
 */
export async function loadPolicy(path: string): Promise<Policy> {
  const { default: policy } = await importModule(path);
  if (!isPolicy(policy)) {
    throw new OwnPolicyError(
      `The module ${path} must have a policy as its default export: { name, decide(question) }.`,
    );
  }
  return {
    name: policy.name,
    decide(question) {
      const decision: unknown = policy.decide(question);
      // A promise, or nothing at all, is no permission.
      if (decision === true || typeof decision === 'string') return decision;
      throw new TypeError(`The policy ${policy.name} must answer true or a text, at once.`);
    },
  };
}

async function importModule(path: string): Promise<{ default?: unknown }> {
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
  } catch (error) {
    const unknownExtension =
      error instanceof Error && 'code' in error && error.code === 'ERR_UNKNOWN_FILE_EXTENSION';
    const why = unknownExtension
      ? 'Node reads TypeScript from version 22.18 on; compile it with npx tsc first'
      : error instanceof Error
        ? error.message
        : String(error);
    throw new OwnPolicyError(`The module ${path} cannot be loaded: ${why}.`, { cause: error });
  }
}

function isPolicy(value: unknown): value is Policy {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'decide' in value &&
    typeof value.decide === 'function'
  );
}
