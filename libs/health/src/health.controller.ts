import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  type HealthCheckResult,
  HealthCheckService,
  HealthIndicatorService,
} from '@nestjs/terminus';
import { DatabaseHealth } from './database-health.js';
import { Lifecycle } from './lifecycle.js';

@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly health: HealthIndicatorService,
    private readonly database: DatabaseHealth,
    private readonly lifecycle: Lifecycle,
  ) {}

  @Get('live')
  @HealthCheck()
  @ApiOperation({
    summary: 'Is the process alive?',
    description: 'Asks no database: a restart would not mend one.',
  })
  async live(): Promise<HealthCheckResult> {
    return this.checks.check([
      () => this.health.check('process').up({ uptime_s: Math.round(process.uptime()) }),
    ]);
  }

  @Get('startup')
  @HealthCheck()
  @ApiOperation({
    summary: 'Has the service started?',
    description: 'Yes as soon as the schema of the database is current.',
  })
  async startup(): Promise<HealthCheckResult> {
    return this.checks.check([() => this.database.schemaIsCurrent()]);
  }

  @Get('ready')
  @HealthCheck()
  @ApiOperation({
    summary: 'Can the service answer?',
    description: 'The database answers, its schema is current, and the service is not stopping.',
  })
  async ready(): Promise<HealthCheckResult> {
    return this.checks.check([
      () =>
        this.lifecycle.stopping
          ? this.health.check('process').down('the service is stopping')
          : this.health.check('process').up(),
      () => this.database.answers(),
      () => this.database.schemaIsCurrent(),
    ]);
  }
}
