import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase } from './postgres.js';
import {
  databaseEnvironment,
  endServices,
  type ServiceProcess,
  startService,
} from './service-process.js';

const CLIENTS = 2_000;

/** A campaign starts: every job connects at the same moment, each by itself. */
describe('Two thousand clients that come at once', () => {
  let service: ServiceProcess;

  beforeAll(async () => {
    service = await startService({
      ...databaseEnvironment(await createDatabase()),
      CDB_DEMO: 'true',
    });
  });

  afterAll(endServices);

  /** Connects, asks once, and tells the status; keeps its connection. */
  function ask(path: string): Promise<{ status: string; socket: Socket }> {
    const { hostname, port } = new URL(service.url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
      });
      socket.setEncoding('latin1');
      let text = '';
      socket.on('data', (chunk) => {
        text += String(chunk);
        const length = /content-length: (\d+)/i.exec(text)?.[1];
        const begin = text.indexOf('\r\n\r\n') + 4;
        if (length === undefined || begin < 4 || text.length < begin + Number(length)) return;
        resolve({ status: text.slice(0, text.indexOf('\r\n')), socket });
      });
      socket.on('error', reject);
      socket.on('close', () => {
        reject(new Error('closed before it was answered'));
      });
    });
  }

  /** As clients do: 504 says that a slow machine has too much to do at the moment. */
  async function askUntilAnswered(path: string): ReturnType<typeof ask> {
    for (;;) {
      const answer = await ask(path);
      if (!answer.status.startsWith('HTTP/1.1 504')) return answer;
      answer.socket.destroy();
    }
  }

  it('are all answered', async () => {
    const tags = ['DEMO_2026_online', 'DEMO_2025_reprocessing'];
    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, (_, i) =>
        askUntilAnswered(
          `/api/cdb_rest/payloadiovs/?gtName=${tags[i % 2] ?? ''}&majorIOV=0&minorIOV=${1000 + i}`,
        ),
      ),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    for (const { socket } of answers) socket.destroy();
    expect(statuses).toEqual(new Set(['HTTP/1.1 200 OK']));
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
  });
});
