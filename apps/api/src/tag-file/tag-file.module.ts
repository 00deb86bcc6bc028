import { Module } from '@nestjs/common';
import { GlobalTagModule } from '../global-tag/global-tag.module.js';
import { TagExportService } from './tag-export.service.js';
import { TagFileController } from './tag-file.controller.js';
import { TagImportService } from './tag-import.service.js';

@Module({
  imports: [GlobalTagModule],
  controllers: [TagFileController],
  providers: [TagExportService, TagImportService],
})
export class TagFileModule {}
