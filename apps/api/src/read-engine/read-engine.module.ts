import { type DynamicModule, Global, Module } from '@nestjs/common';
import { type DatabaseConnection } from '#database';
import { Reads } from '../database/reads.js';
import { AnswerMemory } from './answer-memory.js';
import { TagLoader } from './tag-loader.js';
import { Timelines } from './timelines.js';

/** Answers in memory: hot tags as timelines, small hot answers as they were written. */
@Global()
@Module({})
export class ReadEngineModule {
  static with(connection: DatabaseConnection): DynamicModule {
    return {
      module: ReadEngineModule,
      providers: [
        {
          provide: TagLoader,
          inject: [Reads],
          useFactory: (reads: Reads) => new TagLoader(reads, connection),
        },
        Timelines,
        AnswerMemory,
      ],
      exports: [Timelines, AnswerMemory],
    };
  }
}
