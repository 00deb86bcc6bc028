import { Module } from '@nestjs/common';
import { GlobalTagStatusModule } from '../global-tag-status/global-tag-status.module.js';
import { GlobalTagController } from './global-tag.controller.js';
import { GlobalTagService } from './global-tag.service.js';

@Module({
  imports: [GlobalTagStatusModule],
  controllers: [GlobalTagController],
  providers: [GlobalTagService],
  exports: [GlobalTagService],
})
export class GlobalTagModule {}
