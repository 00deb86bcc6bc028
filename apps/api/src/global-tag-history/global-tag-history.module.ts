import { Module } from '@nestjs/common';
import { GlobalTagHistoryController } from './global-tag-history.controller.js';

@Module({ controllers: [GlobalTagHistoryController] })
export class GlobalTagHistoryModule {}
