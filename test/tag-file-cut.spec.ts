import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DatabaseConnection } from '#database';
import { databaseContent } from './database-content.js';
import { NDJSON } from './exported-tag.js';
import { createDatabase, sql } from './postgres.js';
import { RawSocket } from './raw-socket.js';
import {
  databaseEnvironment,
  endServices,
  type ServiceProcess,
  startService,
} from './service-process.js';
import { until } from './until.js';

/** More than is written at once, so that rows are in the tables when it is cut. */
const PAYLOADS = 25_000;
const CUT_FILE = [
  '{"format":"tempora-export","version":1,"global_tag":"Cut","author":null,"description":null,' +
    `"status":"unlocked","iov_mode":"continuous","payload_lists_count":1,"payload_iov_count":${PAYLOADS}}`,
  `{"payload_type":"Beam","payload_type_description":null,"description":null,"payload_iov_count":${PAYLOADS}}`,
  ...Array.from(
    { length: PAYLOADS },
    (_, run) =>
      `{"payload_url":"u${run}","checksum":"c","size":1,"revision":null,"from":{"major":0,"minor":${run}},"until":null}`,
  ),
  '',
].join('\n');

describe('An import that is cut', () => {
  let connection: DatabaseConnection;
  let service: ServiceProcess;
  let before: object[];

  beforeEach(async () => {
    connection = await createDatabase();
    service = await startService(databaseEnvironment(connection));
    before = await databaseContent(connection);
  });
  afterEach(endServices);

  async function importing(): Promise<{ pid: number }[]> {
    return sql(
      connection,
      `SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'Tempora imports'
          AND xact_start IS NOT NULL`,
    );
  }

  /** All but the last line: rows are written, and nothing is committed. */
  async function begin(): Promise<RawSocket> {
    const socket = new RawSocket(service.url);
    await socket.send(
      `POST /api/v1/global-tags/Cut/import HTTP/1.1\r\nHost: tempora\r\nContent-Type: ${NDJSON}\r\n` +
        `Content-Length: ${CUT_FILE.length + 200}\r\n\r\n${CUT_FILE}`,
    );
    await until(async () => {
      const [row] = await sql<{ written: boolean }>(
        connection,
        `SELECT coalesce(pg_sequence_last_value('"PayloadIOV_id_seq"'), 0) >= 20000 AS written`,
      );
      return row?.written === true;
    });
    expect(await importing()).toHaveLength(1);
    return socket;
  }

  it('by its client leaves nothing', async () => {
    const socket = await begin();
    socket.destroy();
    await until(async () => (await importing()).length === 0);
    expect(await databaseContent(connection)).toEqual(before);
    expect((await service.native.get('global-tags/Cut')).status).toBe(404);
    expect(await service.stop()).toBe(0);
    expect(service.output.stderr).toBe('');
  });

  it('by the end of the server leaves nothing', async () => {
    const socket = await begin();
    service.signal('SIGKILL');
    await service.ended;
    socket.destroy();
    await until(async () => (await importing()).length === 0);
    expect(await databaseContent(connection)).toEqual(before);
  });

  it('by the end of its database session is answered, and leaves nothing', async () => {
    const socket = await begin();
    const [session] = await importing();
    await sql(connection, 'SELECT pg_terminate_backend($1)', [session?.pid]);
    await socket.send(`{"payload_lists_count":1,"payload_iov_count":${PAYLOADS},"sha256":"x"}`);
    await socket.send(' '.repeat(200));
    expect([400, 503]).toContain((await socket.answer()).status);
    socket.destroy();
    await until(async () => (await importing()).length === 0);
    expect(await databaseContent(connection)).toEqual(before);
    expect((await service.native.get('statuses')).status).toBe(200);
  });
});
