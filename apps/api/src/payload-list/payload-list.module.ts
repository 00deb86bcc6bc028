import { Module } from '@nestjs/common';
import { GlobalTagModule } from '../global-tag/global-tag.module.js';
import { PayloadTypeModule } from '../payload-type/payload-type.module.js';
import { PayloadListController } from './payload-list.controller.js';
import { PayloadListService } from './payload-list.service.js';

@Module({
  imports: [GlobalTagModule, PayloadTypeModule],
  controllers: [PayloadListController],
  providers: [PayloadListService],
  exports: [PayloadListService],
})
export class PayloadListModule {}
