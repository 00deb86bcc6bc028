import { Body, Delete, Get, Post, Put, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiQuery, getSchemaPath } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type Caller } from '../auth/caller.js';
import { By, Writes } from '../auth/route-access.js';
import { Transactions } from '../database/transactions.js';
import { GlobalTagService, noSuchTag } from '../global-tag/global-tag.service.js';
import { newName } from '../http/fields.js';
import { type JsonText } from '../http/int64-json.js';
import { Int64Param, NameParam, PathParam } from '../http/path.js';
import { Browse, type RawQuery } from './browse.js';
import { BrowseQuery } from './browse.query.js';
import { GlobalTagBody } from './cdb-rest.dto.js';
import { DropIn, DropInAnswers } from './drop-in.js';
import { HotAnswers } from './hot-answers.js';
import { jsonStream, NestedViews } from './nested.js';
import { ChangedTag, CreatedTag, NestedTag, TagRow } from './tag-rows.dto.js';
import {
  BROWSE_TAGS,
  LISTS_BY_TYPE,
  TAG_CHANGED,
  TAG_CREATED,
  TAG_LIGHT,
  TAGS,
} from './views.sql.js';

const BY_NAME = PathParam('name', 'Name of the global tag.', 'DEMO_2026_online');

@DropIn()
export class CdbGlobalTagController {
  constructor(
    private readonly hot: HotAnswers,
    private readonly transactions: Transactions,
    private readonly browse: Browse,
    private readonly nested: NestedViews,
    private readonly globalTags: GlobalTagService,
  ) {}

  @Get(['globalTags', 'global-tags'])
  @BrowseQuery(BROWSE_TAGS)
  @DropInAnswers({
    summary: 'List global tags with how much they hold',
    is: 'The global tags, oldest first.',
    type: TagRow,
    list: true,
    browse: TagRow,
  })
  async list(
    @Query() query: RawQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const page = await this.browse.page(BROWSE_TAGS, query, 'name');
    return page ?? this.hot.json(TAGS, [], reply);
  }

  @Get('gt')
  @DropInAnswers({
    summary: 'List global tags with everything in them',
    description:
      'Every payload there is: the answer can be gigabytes. `globalTags` shows counts instead.',
    is: 'The global tags, oldest first, each with its lists and their payloads.',
    type: NestedTag,
    list: true,
    problems: ['overloaded'],
  })
  async listNested(): Promise<StreamableFile> {
    return jsonStream(await this.nested.tags());
  }

  @Post(['gt', 'global-tags'])
  @Writes('create', 'lock', 'freeze')
  @DropInAnswers({
    summary: 'Create an empty global tag',
    is: 'The new global tag.',
    type: CreatedTag,
    problems: ['global-tag-exists', 'status-not-found'],
  })
  async create(@By() by: Caller, @Body() body: GlobalTagBody): Promise<JsonText> {
    return this.transactions.run(by, async (tx) => {
      await this.globalTags.create(tx, body);
      return tx.last(TAG_CREATED, [body.name]);
    });
  }

  @Get('gt/:id')
  @PathParam('id', 'Number of the global tag.', 1)
  @DropInAnswers({
    summary: 'Show a global tag with everything in it, by its number',
    is: 'The global tag with its lists and their payloads.',
    type: NestedTag,
    problems: ['global-tag-not-found', 'overloaded'],
  })
  async getById(@Int64Param('id') id: bigint): Promise<StreamableFile> {
    const stream = await this.nested.tag({ id });
    if (stream === undefined) throw noSuchTag(String(id));
    return jsonStream(stream);
  }

  @Get(['globalTag/:name', 'global-tags/:name'])
  @BY_NAME
  @ApiQuery({
    name: 'light',
    description: 'If present: counts instead of everything nested.',
    required: false,
    schema: { type: 'string', example: '1' },
  })
  @DropInAnswers({
    summary: 'Show a global tag with everything in it',
    is: 'The global tag with its lists and their payloads; with `light` the tag with how much it holds.',
    schema: { oneOf: [{ $ref: getSchemaPath(NestedTag) }, { $ref: getSchemaPath(TagRow) }] },
    problems: ['global-tag-not-found', 'overloaded'],
  })
  async get(
    @NameParam('name') name: string,
    @Query() query: RawQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText | StreamableFile> {
    if ('light' in query) {
      const light = await this.hot.find(TAG_LIGHT, [name], reply);
      if (light === undefined) throw noSuchTag(name);
      return light;
    }
    const stream = await this.nested.tag({ name });
    if (stream === undefined) throw noSuchTag(name);
    return jsonStream(stream);
  }

  @Get(['gtPayloadLists/:name', 'global-tags/:name/payload-lists'])
  @BY_NAME
  @DropInAnswers({
    summary: 'List the payload lists of a global tag by payload type',
    is: 'Payload type → name of its list; nothing for an unknown global tag.',
    schema: { type: 'object', additionalProperties: { type: 'string' } },
    example: { BeamSpot: 'BeamSpot_1' },
  })
  async lists(
    @NameParam('name') name: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    return this.hot.json(LISTS_BY_TYPE, [name], reply);
  }

  @Put(['gt_change_status/:name/:status', 'global-tags/:name/change-status/:status'])
  @Writes('lock', 'unlock', 'freeze', 'thaw')
  @BY_NAME
  @PathParam('status', 'unlocked, locked or frozen.', 'locked')
  @DropInAnswers({
    summary: 'Lock, freeze or unlock a global tag',
    description: 'A frozen tag stays frozen, unless the operator allows thawing.',
    is: 'The global tag; its status is a number here.',
    type: ChangedTag,
    problems: ['global-tag-not-found', 'status-not-found', 'thaw-not-allowed'],
  })
  async changeStatus(
    @By() by: Caller,
    @NameParam('name') name: string,
    @NameParam('status') status: string,
  ): Promise<JsonText> {
    return this.transactions.run(by, async (tx) => {
      await this.globalTags.change(tx, name, { status });
      return tx.last(TAG_CHANGED, [name]);
    });
  }

  @Post(['cloneGlobalTag/:name/:clone', 'global-tags/:name/clone/:clone'])
  @Writes('clone')
  @BY_NAME
  @PathParam('clone', 'Name of the copy.', 'DEMO_2026_online_clone')
  @DropInAnswers({
    summary: 'Copy a global tag with everything in it',
    description: 'The copy is unlocked, whatever the status of the original.',
    is: 'The copy.',
    type: TagRow,
    problems: ['global-tag-not-found', 'global-tag-exists'],
  })
  async clone(
    @By() by: Caller,
    @NameParam('name') name: string,
    @NameParam('clone') clone: string,
  ): Promise<JsonText> {
    const copy = newName(clone);
    return this.transactions.run(by, async (tx) => {
      await this.globalTags.clone(tx, name, { name: copy });
      return tx.last(TAG_LIGHT, [copy]);
    });
  }

  @Delete(['deleteGlobalTag/:name', 'global-tags/:name/delete'])
  @Writes('delete')
  @BY_NAME
  @DropInAnswers({
    summary: 'Delete an unlocked global tag with everything in it',
    is: 'It is gone.',
    problems: ['global-tag-not-found', 'global-tag-locked', 'global-tag-frozen'],
  })
  async delete(@By() by: Caller, @NameParam('name') name: string): Promise<{ detail: string }> {
    await this.transactions.run(by, (tx) => this.globalTags.delete(tx, name));
    return { detail: `Global tag ${name} deleted.` };
  }
}
