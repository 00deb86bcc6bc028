import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HttpClient, type Answer } from '../http-client.js';
import { type JsonObject, parseExactly } from '../json.js';

/** A request to the reference and its answer; README.md tells what the fields mean. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly capture: Record<string, string>;
  readonly status: number;
  readonly response: unknown;
  readonly ours?: number;
}

export function recordedExchanges(): readonly Exchange[] {
  const file = join(import.meta.dirname, 'nopayloaddb-5.1.json');
  return parseExactly(readFileSync(file, 'utf8')) as Exchange[];
}

/** Plays exchanges in their order against one server and remembers what they capture. */
export class Replay {
  private readonly captured = new Map<string, unknown>();

  constructor(
    private readonly dropIn: HttpClient,
    /** What to do to each path before it is asked. */
    private readonly spelling: (path: string) => string,
  ) {}

  async play({ method, path, body, capture }: Exchange): Promise<Answer> {
    const answer = await this.dropIn.send(
      method,
      this.spelling(this.filledIn(path) as string),
      body === null ? {} : { body: this.filledIn(body) },
    );
    for (const [name, field] of Object.entries(capture)) {
      this.captured.set(name, (answer.body as JsonObject)[field]);
    }
    return answer;
  }

  /** `value` with what was captured in place of each `$name`. */
  private filledIn(value: unknown): unknown {
    if (typeof value === 'string') {
      const whole = value.startsWith('$') ? this.captured.get(value.slice(1)) : undefined;
      return whole ?? value.replace(/\$(\w+)/, (name) => String(this.captured.get(name.slice(1))));
    }
    if (Array.isArray(value)) return value.map((each) => this.filledIn(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, this.filledIn(each)]),
    );
  }
}
