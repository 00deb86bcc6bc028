import { Module } from '@nestjs/common';
import { GlobalTagModule } from '../global-tag/global-tag.module.js';
import { PayloadListModule } from '../payload-list/payload-list.module.js';
import { InsertionService } from './insertion.service.js';
import { PayloadIovController } from './payload-iov.controller.js';
import { PayloadIovService } from './payload-iov.service.js';
import { PayloadPages } from './payload-pages.js';

@Module({
  imports: [GlobalTagModule, PayloadListModule],
  controllers: [PayloadIovController],
  providers: [InsertionService, PayloadIovService, PayloadPages],
  exports: [InsertionService, PayloadIovService],
})
export class PayloadIovModule {}
