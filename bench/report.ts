import { type Section } from './bench.js';
import { formatBytes } from './format.js';
import { atMost, goalsTable } from './goals.js';
import { bullets, table } from './markdown-table.js';
import { type ProcessMemory } from './process-memory.js';

const MEMORY_AIM = 250e6;

/** The highest resident memory during a part, in bytes; 0 where the server did not run. */
interface MemoryPeak {
  readonly during: string;
  readonly server: number;
  readonly sqlPath: number;
}

/** What is found out, part by part, and in the end one text in Markdown, for docs/performance.md. */
export class Report {
  /** What went wrong, one sentence each. */
  readonly failures: string[] = [];
  readonly #facts: Record<string, string>;
  readonly #sections: Section[] = [];
  readonly #memory: MemoryPeak[] = [];
  readonly #seconds: [string, number][] = [];

  constructor(facts: Record<string, string>) {
    this.#facts = facts;
  }

  get figures(): object {
    return {
      machine: this.#facts,
      memory: this.#memory,
      seconds: this.#seconds,
      sections: this.#sections,
      failures: this.failures,
    };
  }

  addFacts(facts: Record<string, string>): void {
    Object.assign(this.#facts, facts);
  }

  addSection(section: Section): void {
    this.#sections.push(section);
  }

  /** Does something and notes how long it took. */
  async time(what: string, work: () => Promise<void>): Promise<void> {
    const started = performance.now();
    await work();
    this.#seconds.push([what, (performance.now() - started) / 1000]);
  }

  /** Notes the peaks since the last time. */
  async addMemory(during: string, server: ProcessMemory, sqlPath: ProcessMemory): Promise<void> {
    const peak = {
      during,
      server: await server.takePeak(),
      sqlPath: await sqlPath.takePeak(),
    };
    if (peak.server + peak.sqlPath > 0) this.#memory.push(peak);
  }

  markdown(): string {
    const sections = this.#sections.map(({ title, markdown }) => `### ${title}\n\n${markdown}`);
    return [
      bullets(Object.entries(this.#facts).map(([name, fact]) => `${name}: ${fact}`)),
      ...this.#goals(),
      ...sections,
      ...this.#memorySection(),
      ...(this.failures.length > 0 ? [`### Failures\n\n${bullets(this.failures)}`] : []),
      `Where the time went: ${this.#seconds.map(([what, seconds]) => `${what} ${seconds.toFixed(0)} s`).join(', ')}.`,
    ].join('\n\n');
  }

  #goals(): string[] {
    const goals = this.#sections.flatMap((section) => section.goals ?? []);
    const most = Math.max(...this.#memory.map(({ sqlPath }) => sqlPath));
    if (most > 0) {
      goals.push(atMost('memory of the server without timelines', most, MEMORY_AIM, formatBytes));
    }
    return goals.length > 0 ? [`### Aims\n\n${goalsTable(goals)}`] : [];
  }

  #memorySection(): string[] {
    if (this.#memory.length === 0) return [];
    const cell = (bytes: number): string => (bytes > 0 ? formatBytes(bytes) : '–');
    const rows = this.#memory.map(({ during, server, sqlPath }) => [
      during,
      cell(server),
      cell(sqlPath),
    ]);
    return [
      `### Memory of the server\n\n${table(['highest resident memory during', 'with timelines', 'without'], rows)}`,
    ];
  }
}
