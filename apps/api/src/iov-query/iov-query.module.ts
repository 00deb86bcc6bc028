import { Module } from '@nestjs/common';
import { BetweenService } from './between.service.js';
import { IovQueryController } from './iov-query.controller.js';
import { IovQueryService } from './iov-query.service.js';
import { KnownPayloadTypes } from './known-payload-types.js';
import { ResolveBatchService } from './resolve-batch.service.js';

@Module({
  controllers: [IovQueryController],
  providers: [BetweenService, IovQueryService, KnownPayloadTypes, ResolveBatchService],
  exports: [IovQueryService, KnownPayloadTypes],
})
export class IovQueryModule {}
