import { Module } from '@nestjs/common';
import { GlobalTagModule } from '../global-tag/global-tag.module.js';
import { PayloadIovModule } from '../payload-iov/payload-iov.module.js';
import { PayloadTypeModule } from '../payload-type/payload-type.module.js';
import { DemoService } from './demo.service.js';

@Module({
  imports: [PayloadTypeModule, GlobalTagModule, PayloadIovModule],
  providers: [DemoService],
})
export class DemoModule {}
