import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseHealth } from './database-health.js';
import { HealthController } from './health.controller.js';
import { Lifecycle } from './lifecycle.js';

/** The probes of Kubernetes and of people. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [DatabaseHealth, Lifecycle],
  exports: [Lifecycle],
})
export class HealthModule {}
