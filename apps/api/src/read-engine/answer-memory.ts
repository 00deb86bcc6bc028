import { Injectable } from '@nestjs/common';
import { Changes, type Rememberer } from '../database/changes.js';
import { type MaybeStale } from '../http/versioned-answer.js';

/** Characters that remembered answers may have together. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

/** What an entry takes beside its key and its answer, about. */
const ENTRY = 200;

/**
 * Small answers that everybody asks for (`globalTags`, `gtPayloadLists/…`), as they were written,
 * until anything changes. Identical questions under way are asked once; a question that began
 * before a change is not shared with who asks after it.
 */
@Injectable()
export class AnswerMemory implements Rememberer {
  private readonly answers = new Map<string, string>();
  private readonly asking = new Map<string, Promise<unknown>>();
  private characters = 0;
  private epoch = 0;
  /** Questions that were answered by it, and that were not. */
  readonly counts = { hits: 0, misses: 0 };

  constructor(private readonly changes: Changes) {
    changes.tell(this);
  }

  /** The answer that `ask` gives, remembered under a key; undefined ones are not remembered. */
  async get(key: string, ask: () => Promise<string | undefined>): Promise<string | undefined> {
    if (!this.changes.heard) return ask();
    const known = this.answers.get(key);
    if (known !== undefined) {
      this.counts.hits++;
      return known;
    }
    this.counts.misses++;
    return this.share(key, async () => {
      const { epoch } = this;
      const answer = await ask();
      if (answer !== undefined && epoch === this.epoch && this.changes.heard) {
        this.keep(key, answer);
      }
      return answer;
    });
  }

  /** The answer as it was when it was last known to be so, for who cannot ask anybody. */
  stale(key: string): MaybeStale<string> | undefined {
    const { staleMs } = this.changes;
    const shown = staleMs === undefined ? undefined : this.answers.get(key);
    return shown === undefined ? undefined : { shown, staleMs };
  }

  /**
   * Asks once for all who ask the same until it is answered, or until something changes. A key
   * always stands for answers of one type.
   */
  async share<T>(key: string, ask: () => Promise<T>): Promise<T> {
    if (!this.changes.heard) return ask();
    const underWay = this.asking.get(key);
    if (underWay !== undefined) return underWay as Promise<T>;
    const asking = ask();
    this.asking.set(key, asking);
    try {
      return await asking;
    } finally {
      if (this.asking.get(key) === asking) this.asking.delete(key);
    }
  }

  get isEmpty(): boolean {
    return this.answers.size === 0 && this.asking.size === 0;
  }

  /** About, as all of it is counted. */
  get size(): number {
    return this.characters;
  }

  changed(): void {
    this.forget();
  }

  missed(): Promise<void> {
    this.forget();
    return Promise.resolve();
  }

  private keep(key: string, answer: string): void {
    const characters = key.length + answer.length + ENTRY;
    if (this.characters + characters > MAX_CHARACTERS) this.forget();
    this.answers.set(key, answer);
    this.characters += characters;
  }

  private forget(): void {
    this.epoch++;
    this.answers.clear();
    this.asking.clear();
    this.characters = 0;
  }
}
