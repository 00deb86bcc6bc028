import { Module } from '@nestjs/common';
import { GlobalTagStatusModule } from '../global-tag-status/global-tag-status.module.js';
import { GlobalTagModule } from '../global-tag/global-tag.module.js';
import { IovQueryModule } from '../iov-query/iov-query.module.js';
import { PayloadIovModule } from '../payload-iov/payload-iov.module.js';
import { PayloadListModule } from '../payload-list/payload-list.module.js';
import { PayloadTypeModule } from '../payload-type/payload-type.module.js';
import { Browse } from './browse.js';
import { CdbGlobalTagStatusController } from './global-tag-status.controller.js';
import { CdbGlobalTagController } from './global-tag.controller.js';
import { HotAnswers } from './hot-answers.js';
import { NestedViews } from './nested.js';
import { CdbPayloadIovController } from './payload-iov.controller.js';
import { CdbPayloadListController } from './payload-list.controller.js';
import { CdbPayloadQueryController } from './payload-query.controller.js';
import { CdbPayloadTypeController } from './payload-type.controller.js';
import { ReadyResolve } from './ready-resolve.js';
import { CdbSettingsController } from './settings.controller.js';

/** The drop-in protocol: the paths and shapes of the reference over the same services. */
@Module({
  imports: [
    GlobalTagStatusModule,
    PayloadTypeModule,
    GlobalTagModule,
    PayloadListModule,
    PayloadIovModule,
    IovQueryModule,
  ],
  controllers: [
    CdbPayloadQueryController,
    CdbGlobalTagStatusController,
    CdbGlobalTagController,
    CdbPayloadTypeController,
    CdbPayloadListController,
    CdbPayloadIovController,
    CdbSettingsController,
  ],
  providers: [Browse, HotAnswers, NestedViews, ReadyResolve],
})
export class CdbRestModule {}
