import { Module } from '@nestjs/common';
import { PayloadTypeController } from './payload-type.controller.js';
import { PayloadTypeService } from './payload-type.service.js';

@Module({
  controllers: [PayloadTypeController],
  providers: [PayloadTypeService],
  exports: [PayloadTypeService],
})
export class PayloadTypeModule {}
