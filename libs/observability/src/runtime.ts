import {
  constants,
  monitorEventLoopDelay,
  type NodeGCPerformanceDetail,
  performance,
  type PerformanceEntry,
  PerformanceObserver,
} from 'node:perf_hooks';
import { counter, type Family, gauge, histogram } from './family.js';
import { Histogram } from './histogram.js';

/** How often the event loop is looked at, milliseconds. */
const RESOLUTION_MS = 20;
const GC_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1];
const GC_KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

type Collection = PerformanceEntry & { readonly detail: NodeGCPerformanceDetail };

/** How Node and the process are, by the names that dashboards know. */
export class Runtime {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly collections = new Map(
    Object.values(GC_KINDS).map((kind) => [kind, new Histogram(GC_SECONDS)]),
  );
  private readonly collector = new PerformanceObserver((list) => {
    for (const { duration, detail } of list.getEntries() as Collection[]) {
      const kind = GC_KINDS[detail.kind];
      this.collections.get(kind ?? '')?.observe(duration / 1000);
    }
  });

  start(): void {
    this.delay.enable();
    this.collector.observe({ entryTypes: ['gc'] });
  }

  stop(): void {
    this.delay.disable();
    this.collector.disconnect();
  }

  get families(): Family[] {
    return [...this.process(), ...this.node()];
  }

  private process(): Family[] {
    return [
      counter(
        'process_cpu_seconds_total',
        'Processor time that the process has used, in user and in system mode, seconds.',
        () => {
          const { user, system } = process.cpuUsage();
          return (user + system) / 1e6;
        },
      ),
      gauge('process_resident_memory_bytes', 'Memory that the process has, bytes.', () =>
        process.memoryUsage.rss(),
      ),
      gauge(
        'process_start_time_seconds',
        'When the process was started, seconds since 1970.',
        () => performance.timeOrigin / 1000,
      ),
    ];
  }

  private node(): Family[] {
    return [
      gauge('nodejs_heap_size_used_bytes', 'Memory that JavaScript objects take, bytes.', () => {
        return process.memoryUsage().heapUsed;
      }),
      gauge('nodejs_heap_size_total_bytes', 'Memory that is set aside for them, bytes.', () => {
        return process.memoryUsage().heapTotal;
      }),
      gauge(
        'nodejs_external_memory_bytes',
        'Memory outside of the heap that objects hold, buffers included, bytes.',
        () => process.memoryUsage().external,
      ),
      gauge(
        'nodejs_eventloop_lag_p99_seconds',
        'How late one turn of the event loop in a hundred came since the last look, seconds.',
        () => this.lag(),
      ),
      counter(
        'nodejs_eventloop_active_seconds_total',
        'Time in which the event loop had something to do, seconds.',
        () => performance.eventLoopUtilization().active / 1000,
      ),
      histogram('nodejs_gc_duration_seconds', 'Garbage collections by kind, seconds.', () =>
        [...this.collections].map(([kind, took]) => [{ kind }, took] as const),
      ),
    ];
  }

  private lag(): number {
    const late = this.delay.percentile(99) / 1e9 - RESOLUTION_MS / 1000;
    this.delay.reset();
    return Math.max(0, late);
  }
}
