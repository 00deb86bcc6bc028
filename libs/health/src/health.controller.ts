import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  type HealthCheckResult,
  HealthCheckService,
  HealthIndicatorService,
} from '@nestjs/terminus';
import { DatabaseHealth } from './database-health.js';
import { Lifecycle } from './lifecycle.js';
import { Probe } from './probe.js';

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
  @Probe({
    summary: 'Is the process alive?',
    description: 'Asks no database: a restart would not mend one.',
    yes: 'It is.',
    no: 'It is not: restart it.',
  })
  async live(): Promise<HealthCheckResult> {
    return this.checks.check([
      () => this.health.check('process').up({ uptime_s: Math.round(process.uptime()) }),
    ]);
  }

  @Get('startup')
  @Probe({
    summary: 'Has the service started?',
    description: 'Yes as soon as the schema of the database is current.',
    yes: 'It has.',
    no: 'Not yet: the schema is not current, or the database does not answer.',
  })
  async startup(): Promise<HealthCheckResult> {
    return this.checks.check([() => this.database.schemaIsCurrent()]);
  }

  @Get('ready')
  @Probe({
    summary: 'Can the service answer?',
    description:
      'The database answers, its schema is current, and the service is not stopping. It is `degraded`, ' +
      'which is a yes, while a replica cannot be used, while only replicas answer, while ' +
      'requests use all connections, and while changes of the database are not heard.',
    yes: 'It can.',
    no: 'Send requests elsewhere until it can again; `error` names what is wrong.',
  })
  async ready(): Promise<HealthCheckResult> {
    return this.checks.check([
      () =>
        this.lifecycle.stopping
          ? this.health.check('process').down('the service is stopping')
          : this.health.check('process').up(),
      () => this.database.primaryAnswers(),
      () => this.database.schemaIsNotOutdated(),
      () => this.database.replicas(),
      () => this.database.listener(),
    ]);
  }
}
