import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { DataSource } from 'typeorm';
import { ReadServers, schemaState } from '#database';

const PATIENCE_MS = 2_000;
/** Many probes at once ask the database once. */
const FRESH_MS = 500;

/** Asks the database whether it answers and whether its schema is ours. */
@Injectable()
export class DatabaseHealth {
  constructor(
    private readonly health: HealthIndicatorService,
    private readonly dataSource: DataSource,
    private readonly servers: ReadServers,
  ) {}

  /** The server that is written to. Without it a replica still answers questions. */
  async primaryAnswers(): Promise<HealthIndicatorResult> {
    const result = await this.health
      .check('database')
      .attempt(async () => {
        await this.dataSource.query('SELECT 1');
      })
      .withTimeout(PATIENCE_MS)
      .cacheFor(FRESH_MS);
    return this.orDegraded('database', result, this.servers.primary.report());
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

  /** The same where it must be known only as long as the primary can be asked. */
  async schemaIsNotOutdated(): Promise<HealthIndicatorResult> {
    return this.orDegraded('schema', await this.schemaIsCurrent());
  }

  /** The servers that follow the primary, one by one; nothing where there are none. */
  replicas(): HealthIndicatorResult {
    if (!this.servers.any) return {};
    const { allUp } = this.servers;
    const check = this.health.check('replicas');
    const report = this.servers.report();
    return allUp ? check.up(report) : check.degraded(report);
  }

  /** Whether changes are heard of: if not, nothing is answered from memory. */
  listener(): HealthIndicatorResult {
    const check = this.health.check('changes');
    return this.servers.primaryIsHeard
      ? check.up()
      : check.degraded('changes of the database are not heard: every answer is read anew');
  }

  private orDegraded(
    key: string,
    result: HealthIndicatorResult,
    report: Record<string, unknown> = {},
  ): HealthIndicatorResult {
    const { status, ...rest } = result[key] ?? { status: 'down' };
    const check = this.health.check(key);
    const told = { ...report, ...rest };
    if (status !== 'down') return check.up(told);
    return this.servers.onlyReplicasAnswer ? check.degraded(told) : check.down(told);
  }
}
