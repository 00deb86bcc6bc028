import { Get, Query, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import {
  ACTIONS,
  EVERYTHING,
  globalTag,
  payloadType,
  type PermissionObject,
  typeInTag,
} from '#auth';
import { Answers } from '../http/answers.js';
import { Native } from '../http/native.js';
import { type Caller } from './caller.js';
import { Permissions } from './permissions.js';
import { By, ForAnybody } from './route-access.js';
import { WhoamiQuery, WhoamiView } from './whoami.dto.js';

@Native('Access', 'api/v1/whoami')
export class WhoamiController {
  constructor(private readonly permissions: Permissions) {}

  @Get()
  @ForAnybody()
  @Answers({
    summary: 'Show who I am, and what I may do',
    description:
      'Who the token speaks for, until when, and what it may do on a global tag. Nothing is looked up: ' +
      'the global tag need not exist.',
    is: 'Who asks.',
    type: WhoamiView,
  })
  whoami(
    @By() { identity }: Caller,
    @Query() query: WhoamiQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): WhoamiView {
    reply.header('cache-control', 'no-store');
    const { global_tag: tag = null, payload_type: type = null } = query;
    return {
      subject: identity?.subject ?? null,
      issuer: identity?.issuer ?? null,
      expires: identity?.expires?.toISOString() ?? null,
      policy: this.permissions.policyName,
      global_tag: tag,
      payload_type: type,
      rights: ACTIONS.filter((action) =>
        this.permissions.may(identity, action, objectOf(tag, type)),
      ),
    };
  }
}

function objectOf(tag: string | null, type: string | null): PermissionObject {
  if (tag !== null) return type === null ? globalTag(tag) : typeInTag(type, tag);
  return type === null ? EVERYTHING : payloadType(type);
}
