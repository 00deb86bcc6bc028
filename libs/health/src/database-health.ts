import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { type Pool } from 'pg';
import { DataSource } from 'typeorm';
import { poolLoad, ReadServers, type SchemaState, schemaState } from '#database';

const PATIENCE_MS = 2_000;
/** Many probes at once ask the database once. */
const FRESH_MS = 500;

/** Asks the database whether it answers and whether its schema is ours. */
@Injectable()
export class DatabaseHealth {
  private schema: SchemaState | undefined;
  private fullAt = -Infinity;

  constructor(
    private readonly health: HealthIndicatorService,
    private readonly dataSource: DataSource,
    private readonly servers: ReadServers,
  ) {}

  /** The server that is written to. Without it a replica still answers questions. */
  async primaryAnswers(): Promise<HealthIndicatorResult> {
    this.lookAtConnections();
    const result = await this.health
      .check('database')
      .attempt(async () => {
        await this.dataSource.query('SELECT 1');
      })
      .withTimeout(PATIENCE_MS)
      .cacheFor(FRESH_MS);
    return this.orDegraded('database', result, {
      told: this.servers.primary.report(),
      busy: this.isBusy,
    });
  }

  async schemaIsCurrent(): Promise<HealthIndicatorResult> {
    return this.health
      .check('schema')
      .attempt(async () => {
        const state = (this.schema = await schemaState(this.dataSource));
        if (state !== 'current') throw new Error(`the schema is ${state}: run the migrations`);
        return { state };
      })
      .withTimeout(PATIENCE_MS)
      .cacheFor(FRESH_MS);
  }

  /** The same where it must be known only as long as the primary can be asked. */
  async schemaIsNotOutdated(): Promise<HealthIndicatorResult> {
    const result = await this.schemaIsCurrent();
    return this.orDegraded('schema', result, { busy: this.isBusy && this.schema === 'current' });
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

  /**
   * Whether requests have all connections to a primary that is there: a question that got none then tells
   * nothing. Memory answers all the while, and elsewhere there would be even less.
   */
  private get isBusy(): boolean {
    this.lookAtConnections();
    return (
      this.servers.primary.reachable && performance.now() - this.fullAt < PATIENCE_MS + FRESH_MS
    );
  }

  private lookAtConnections(): void {
    const { master } = this.dataSource.driver as unknown as { master: Pool };
    const { used, max } = poolLoad(master);
    if (used >= max) this.fullAt = performance.now();
  }

  private orDegraded(
    key: string,
    result: HealthIndicatorResult,
    { busy, told = {} }: { busy: boolean; told?: Record<string, unknown> },
  ): HealthIndicatorResult {
    const { status, ...rest } = result[key] ?? { status: 'down' };
    const check = this.health.check(key);
    const report = { ...told, ...rest };
    if (status !== 'down') return check.up(report);
    return busy || this.servers.onlyReplicasAnswer ? check.degraded(report) : check.down(report);
  }
}
