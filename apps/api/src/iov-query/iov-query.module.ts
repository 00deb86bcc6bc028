import { Module } from '@nestjs/common';
import { IovQueryController } from './iov-query.controller.js';
import { IovQueryService } from './iov-query.service.js';

@Module({
  controllers: [IovQueryController],
  providers: [IovQueryService],
  exports: [IovQueryService],
})
export class IovQueryModule {}
