import { Module } from '@nestjs/common';
import { GlobalTagStatusController } from './global-tag-status.controller.js';
import { GlobalTagStatusService } from './global-tag-status.service.js';

@Module({
  controllers: [GlobalTagStatusController],
  providers: [GlobalTagStatusService],
  exports: [GlobalTagStatusService],
})
export class GlobalTagStatusModule {}
