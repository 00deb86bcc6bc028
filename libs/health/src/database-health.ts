import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { DataSource } from 'typeorm';
import { schemaState } from '#database';

const PATIENCE_MS = 2_000;
/** Many probes at once ask the database once. */
const FRESH_MS = 500;

/** Asks the database whether it answers and whether its schema is ours. */
@Injectable()
export class DatabaseHealth {
  constructor(
    private readonly health: HealthIndicatorService,
    private readonly dataSource: DataSource,
  ) {}

  async answers(): Promise<HealthIndicatorResult> {
    return this.health
      .check('database')
      .attempt(async () => {
        await this.dataSource.query('SELECT 1');
      })
      .withTimeout(PATIENCE_MS)
      .cacheFor(FRESH_MS);
  }

  async schemaIsCurrent(): Promise<HealthIndicatorResult> {
    return this.health
      .check('schema')
      .attempt(async () => {
        const state = await schemaState(this.dataSource);
        if (state !== 'current') throw new Error(`the schema is ${state}: run the migrations`);
        return { state };
      })
      .withTimeout(PATIENCE_MS)
      .cacheFor(FRESH_MS);
  }
}
