import { type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Family, expositionOf, Runtime } from '#observability';

/** All that is measured. */
export class Metrics implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly runtime = new Runtime();
  private readonly families: readonly Family[];

  constructor(families: readonly Family[]) {
    this.families = [...families, ...this.runtime.families];
  }

  /** As Prometheus reads it. */
  get text(): string {
    return expositionOf(this.families);
  }

  onApplicationBootstrap(): void {
    this.runtime.start();
  }

  onApplicationShutdown(): void {
    this.runtime.stop();
  }
}
