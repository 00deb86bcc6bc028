import { Get, Inject, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiProduces } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Config } from '#config';
import { type Caller } from '../auth/caller.js';
import { By, WritesLines } from '../auth/route-access.js';
import { CONFIG } from '../config.token.js';
import { GlobalTagView } from '../global-tag/global-tag.dto.js';
import { Answers } from '../http/answers.js';
import { NameOf } from '../http/fields.js';
import { type JsonText } from '../http/int64-json.js';
import { NDJSON } from '../http/json-bodies.js';
import { bodyPieces } from '../http/long-bodies.js';
import { Native } from '../http/native.js';
import { NameParam, PathParam } from '../http/path.js';
import { TagExportService } from './tag-export.service.js';
import { TagImportService } from './tag-import.service.js';

/** A tag without lists. */
const EXAMPLE = [
  '{"format":"tempora-export","version":1,"global_tag":"DEMO_2026_online","author":null,"description":"An empty tag","status":"unlocked","iov_mode":"continuous","payload_lists_count":0,"payload_iov_count":0}',
  '{"payload_lists_count":0,"payload_iov_count":0,"sha256":"b0ff9d6a95dbe22227f19e4132e7868c176d004385a0471a391b10c2c91b37c4"}',
  '',
].join('\n');

class ImportQuery {
  @NameOf({
    description: 'Status of the new tag; as in the file, if absent.',
    optional: true,
    example: 'unlocked',
  })
  status?: string;
}

@Native('Global tags', 'api/v1/global-tags')
export class TagFileController {
  constructor(
    private readonly exports: TagExportService,
    private readonly imports: TagImportService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get(':name/export')
  @PathParam('name', 'Name of the global tag.', 'DEMO_2026_online')
  @ApiProduces(NDJSON)
  @Answers({
    summary: 'Export a global tag as a file',
    description:
      'All of the tag as of one moment: a line for the tag, one for each payload list, one for each payload, and a last line with the SHA-256 of all before. Sent as it is read.',
    is: 'The file.',
    lines: true,
    problems: ['global-tag-not-found', 'overloaded'],
  })
  async export(
    @NameParam('name') name: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const stream = await this.exports.stream(name);
    void reply.header('cache-control', 'no-store');
    return new StreamableFile(stream, { type: NDJSON });
  }

  @Post(':name/import')
  @WritesLines('create', 'insert', 'attach', 'lock', 'freeze')
  @PathParam('name', 'Name of the new global tag.', 'DEMO_2026_online_imported')
  @ApiConsumes(NDJSON)
  @ApiBody({
    schema: { type: 'string', example: EXAMPLE },
    description: 'A file as the export writes it.',
  })
  @Answers({
    summary: 'Import a global tag from a file',
    description:
      'Makes a new tag that holds exactly what the file does. All or nothing: until the digest in the last line is found right nobody sees any of it.',
    status: 201,
    is: 'The new global tag.',
    type: GlobalTagView,
    location: 'The new global tag.',
    problems: [
      'malformed-body',
      'request-timeout',
      'global-tag-exists',
      'status-not-found',
      'iov-mode-differs',
      'unsupported-media-type',
      'overloaded',
    ],
  })
  async import(
    @By() by: Caller,
    @NameParam('name') name: string,
    @Query() query: ImportQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const body = bodyPieces(request, reply, this.config.http.streamStallMs);
    const made = await this.imports.import(by, { name, status: query.status }, body);
    void reply.header('location', `/api/v1/global-tags/${encodeURIComponent(name)}`);
    return made;
  }
}
