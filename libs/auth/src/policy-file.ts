import { Ajv } from 'ajv';
import { parse, YAMLParseError } from 'yaml';
import { readCapability } from './capability.js';
import { type Identity } from './identity.js';
import { POLICY_FILE_SCHEMA } from './policy-file.schema.js';

type Roles = readonly string[];

/** Who has which role, and what the roles may do. */
export interface PolicyFile {
  /** Name → capabilities. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  readonly issuers: Readonly<Record<string, IssuerRoles>>;
}

interface IssuerRoles {
  readonly scopes?: boolean;
  /** Claim → value → roles. */
  readonly groups?: Readonly<Record<string, Readonly<Record<string, Roles>>>>;
  readonly subjects?: Readonly<Record<string, Roles>>;
  readonly everybody?: Roles;
}

const isPolicyFile = new Ajv({ allErrors: false }).compile<PolicyFile>(POLICY_FILE_SCHEMA);

/** What is wrong with a policy file, in one sentence with its place. */
export class PolicyFileError extends Error {
  override readonly name = 'PolicyFileError';
}

/** @throws PolicyFileError */
export function parsePolicyFile(text: string): PolicyFile {
  const file = parseYaml(text);
  if (!isPolicyFile(file)) {
    const [error] = isPolicyFile.errors ?? [];
    const extra: unknown = error?.params['additionalProperty'];
    const named = typeof extra === 'string' ? `: ${extra}` : '';
    const what = `${error?.message ?? 'is not valid'}${named}`;
    throw new PolicyFileError(
      `${error?.instancePath === '' ? 'it' : String(error?.instancePath)} ${what}`,
    );
  }
  for (const [role, capabilities] of Object.entries(file.roles)) {
    const bad = capabilities.find((each) => readCapability(each) === undefined);
    if (bad !== undefined)
      throw new PolicyFileError(`the role ${role} has ${bad}, which cannot be read`);
  }
  for (const [issuer, { groups = {}, subjects = {}, everybody = [] }] of Object.entries(
    file.issuers,
  )) {
    const given = [...Object.values(groups), subjects].flatMap((roles) => Object.values(roles));
    const unknown = [...given.flat(), ...everybody].find(
      (role) => !Object.hasOwn(file.roles, role),
    );
    if (unknown !== undefined) {
      throw new PolicyFileError(
        `${issuer} is given the role ${unknown}, which is not among the roles`,
      );
    }
  }
  return file;
}

function parseYaml(text: string): unknown {
  try {
    // Aliases could make a small file a huge one.
    return parse(text, { maxAliasCount: 0, uniqueKeys: true });
  } catch (error) {
    if (error instanceof YAMLParseError || error instanceof ReferenceError) {
      throw new PolicyFileError(error.message.split('\n', 1)[0] ?? '', { cause: error });
    }
    throw error;
  }
}

/** The capabilities of the roles that somebody has. */
export function rolesOf({ issuer, subject, claims }: Identity, file: PolicyFile | null): string[] {
  const given = file === null ? undefined : own(file.issuers, issuer);
  if (file === null || given === undefined) return [];
  const { groups = {}, subjects = {}, everybody = [] } = given;
  const roles = new Set(everybody);
  for (const role of own(subjects, subject ?? '') ?? []) roles.add(role);
  for (const [claim, values] of Object.entries(groups)) {
    for (const value of valuesOf(claims, claim)) {
      for (const role of own(values, value) ?? []) roles.add(role);
    }
  }
  return [...roles].flatMap((role) => own(file.roles, role) ?? []);
}

/** A claim by its name; if there is none, the dots of the name lead into objects (`realm_access.roles`). */
function valuesOf(claims: Readonly<Record<string, unknown>>, name: string): string[] {
  let value: unknown = own(claims, name);
  if (value === undefined) {
    value = name.split('.').reduce<unknown>((object, key) => {
      return typeof object === 'object' && object !== null
        ? own(object as Record<string, unknown>, key)
        : undefined;
    }, claims);
  }
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((each) => typeof each === 'string');
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
