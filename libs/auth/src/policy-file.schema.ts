import { RIGHTS } from './capability.js';

const NAMES_OF_ROLES = {
  description: 'Names of roles.',
  type: 'array',
  items: { type: 'string' },
} as const;

/** What a policy file must look like: JSON Schema, draft 2020-12 as far as draft 7 has it. */
export const POLICY_FILE_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Policy file of Tempora',
  description: 'Who has which role, and what the roles may do.',
  type: 'object',
  required: ['roles', 'issuers'],
  additionalProperties: false,
  properties: {
    roles: {
      description: 'Name of a role → what it may do: cdb.<right>:/<global tag>/<payload type>.',
      type: 'object',
      additionalProperties: {
        type: 'array',
        items: { type: 'string', pattern: `^cdb\\.(${RIGHTS.join('|')}):/\\S*$` },
      },
    },
    issuers: {
      description: 'Issuer of tokens → whom of its people the roles are given to.',
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          scopes: {
            description: 'false: the scopes of its tokens give no rights; only the roles do.',
            type: 'boolean',
            default: true,
          },
          groups: {
            description: 'Claim with groups → value in it → roles. A dot goes into an object.',
            type: 'object',
            additionalProperties: { type: 'object', additionalProperties: NAMES_OF_ROLES },
          },
          subjects: {
            description: 'Subject (sub) → roles.',
            type: 'object',
            additionalProperties: NAMES_OF_ROLES,
          },
          everybody: { ...NAMES_OF_ROLES, description: 'Roles of whoever has a good token of it.' },
        },
      },
    },
  },
} as const;
