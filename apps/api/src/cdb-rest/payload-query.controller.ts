import { applyDecorators, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiQuery, getSchemaPath } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { parseInt64 } from '#iov';
import { type FieldError } from '#problems';
import { ReadsTag } from '../auth/route-access.js';
import { sendVersioned } from '../http/versioned-answer.js';
import { INT64 } from '../http/integers.js';
import { invalidRequest } from '../http/validation.js';
import { IovQueryService } from '../iov-query/iov-query.service.js';
import { last, type RawQuery } from './browse.js';
import { DropIn, DropInAnswers } from './drop-in.js';
import { LATEST_ROW, LatestIov } from './iov-rows.dto.js';

const RESOLVE_QUERY = applyDecorators(
  ApiQuery({
    name: 'gtName',
    description: 'Name of the global tag.',
    schema: { type: 'string', example: 'DEMO_2026_online' },
  }),
  ApiQuery({
    name: 'majorIOV',
    description: 'Major part of the moment.',
    schema: { ...INT64, example: 0 },
  }),
  ApiQuery({
    name: 'minorIOV',
    description: 'Minor part of the moment, here the run.',
    schema: { ...INT64, example: 1250 },
  }),
  ApiQuery({
    name: 'shape',
    description: '`dict`: objects instead of rows.',
    required: false,
    schema: { type: 'string', enum: ['dict'], example: 'dict' },
  }),
);

@DropIn()
export class CdbPayloadQueryController {
  constructor(private readonly query: IovQueryService) {}

  @Get(['payloadiovs', 'payload-iovs/query'])
  @ReadsTag('gtName')
  @RESOLVE_QUERY
  @ApiExtraModels(LatestIov)
  @DropInAnswers({
    summary: 'Resolve: the latest payload of each list at or before a moment',
    description:
      'For each payload list of the global tag the payload with the latest start at or before the moment, ' +
      'whatever its end: clients check that themselves. An unknown global tag has none.',
    is: 'The payloads by payload type, as rows or with `shape=dict` as objects.',
    versioned: true,
    schema: {
      // Not oneOf: where nothing answers the list is empty in either shape.
      anyOf: [
        { type: 'array', items: LATEST_ROW },
        { type: 'array', items: { $ref: getSchemaPath(LatestIov) } },
      ],
    },
    example: [
      [
        'BeamSpot',
        'demo/BeamSpot/run001250_v1.root',
        'd41d8cd98f00b204e9800998ecf8427e',
        4096,
        0,
        1250,
        0,
        1300,
        '1',
      ],
    ],
  })
  async latest(
    @Query() query: RawQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const errors: FieldError[] = [];
    const tag = last(query, 'gtName') ?? '';
    if (tag === '') errors.push({ field: 'gtName', message: 'This parameter is required.' });
    const major = int64(query, 'majorIOV', errors);
    const minor = int64(query, 'minorIOV', errors);
    if (tag.includes('\0'))
      errors.push({ field: 'gtName', message: 'No name has a null character.' });
    if (errors.length > 0) throw invalidRequest(errors);
    const shape = last(query, 'shape') === 'dict' ? 'dict' : 'rows';
    sendVersioned(request, reply, await this.query.latest(tag, { major, minor }, shape));
  }
}

function int64(query: RawQuery, field: string, errors: FieldError[]): bigint {
  const text = last(query, field);
  const value = text === undefined ? undefined : parseInt64(text);
  if (value !== undefined) return value;
  const message =
    text === undefined || text === ''
      ? 'This parameter is required.'
      : 'Must be a whole number from 0 to 2^63-1.';
  errors.push({ field, message });
  return 0n;
}
