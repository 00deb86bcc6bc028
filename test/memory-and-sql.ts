import { type IovMode } from '#iov';
import { createDatabase, sql } from './postgres.js';
import { startServer, type TestServer } from './server.js';
import { until } from './until.js';

/** Two servers on one database: one answers from memory, the other from SQL alone. */
export class MemoryAndSql {
  private tags = 0;

  private constructor(
    readonly memory: TestServer,
    readonly database: TestServer,
  ) {}

  /** With these payload types, and one that no tag has; intervals may be as bad as adopted ones. */
  static async start(iovMode: IovMode, types: readonly string[]): Promise<MemoryAndSql> {
    const connection = await createDatabase();
    const [memory, database] = await Promise.all([
      startServer({ connection, iovMode }),
      startServer({ connection, iovMode, env: { CDB_TIMELINE_MEMORY_MB: '0' } }),
    ]);
    await sql(
      connection,
      `ALTER TABLE "PayloadIOV" DROP CONSTRAINT payload_iov_interval_ck;
       INSERT INTO "PayloadType" (name)
         VALUES ${types.map((type) => `('${type}')`).join(', ')}, ('Elsewhere')`,
    );
    return new MemoryAndSql(memory, database);
  }

  async stop(): Promise<void> {
    await Promise.all([this.memory.stop(), this.database.stop()]);
  }

  /** A tag with a list of each type, filled by the statements, once it is held in memory. */
  async tagWith(insertions: (tag: string) => readonly string[]): Promise<string> {
    const tag = `T${++this.tags}`;
    await sql(
      this.memory.connection,
      `INSERT INTO "GlobalTag" (name, status_id)
         SELECT '${tag}', id FROM "GlobalTagStatus" WHERE name = 'unlocked';
       INSERT INTO "PayloadList" (id, name, global_tag_id, payload_type_id)
         SELECT g.id * 10 + t.id, t.name || '_' || g.id, g.id, t.id
           FROM "PayloadType" t, "GlobalTag" g WHERE g.name = '${tag}' AND t.name <> 'Elsewhere';
       ${insertions(tag).join('')}`,
    );
    await until(async () => {
      const { headers } = await this.memory.native.get(
        `global-tags/${tag}/payloads/at?major=0&minor=0`,
      );
      return headers.get('cache-status') === 'Tempora; hit';
    });
    return tag;
  }
}

/** To insert `SELECT …, l.id` from: the list of a type in a tag. */
export function listOf(tag: string, type: string): string {
  return `"PayloadList" l JOIN "GlobalTag" g ON g.id = l.global_tag_id
          JOIN "PayloadType" t ON t.id = l.payload_type_id
         WHERE g.name = '${tag}' AND t.name = '${type}'`;
}
