import { Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { problemOf } from '#problems';
import { type Statement } from '../database/query.js';
import { Reads } from '../database/reads.js';
import { JsonText } from '../http/int64-json.js';
import { marked } from '../http/versioned-answer.js';
import { AnswerMemory } from '../read-engine/answer-memory.js';

/** Answers that every job asks for as it starts: from memory, until anything changes. */
@Injectable()
export class HotAnswers {
  constructor(
    private readonly reads: Reads,
    private readonly memory: AnswerMemory,
  ) {}

  /** What the statement writes as `body`, or undefined where it finds nothing. */
  async find(
    statement: Statement,
    values: readonly string[],
    reply: FastifyReply,
  ): Promise<JsonText | undefined> {
    const key = [statement.name, ...values].join('\0');
    const text = await this.ask(key, statement, values, reply);
    return text === undefined ? undefined : new JsonText(text);
  }

  /** The same for statements that always find something. */
  async json(
    statement: Statement,
    values: readonly string[],
    reply: FastifyReply,
  ): Promise<JsonText> {
    return (await this.find(statement, values, reply)) ?? new JsonText('null');
  }

  private async ask(
    key: string,
    statement: Statement,
    values: readonly string[],
    reply: FastifyReply,
  ): Promise<string | undefined> {
    try {
      return await this.memory.get(key, async () => {
        const row = await this.reads.row<{ body: string }>(statement, values);
        return row?.body;
      });
    } catch (error) {
      const isGone = problemOf(error).code === 'database-unavailable';
      const stale = isGone ? this.memory.stale(key) : undefined;
      if (stale === undefined) throw error;
      return marked(reply, stale);
    }
  }
}
