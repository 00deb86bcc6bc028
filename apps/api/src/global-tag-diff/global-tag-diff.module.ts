import { Module } from '@nestjs/common';
import { IovQueryModule } from '../iov-query/iov-query.module.js';
import { GlobalTagDiffController } from './global-tag-diff.controller.js';
import { GlobalTagDiffService } from './global-tag-diff.service.js';

@Module({
  imports: [IovQueryModule],
  controllers: [GlobalTagDiffController],
  providers: [GlobalTagDiffService],
})
export class GlobalTagDiffModule {}
