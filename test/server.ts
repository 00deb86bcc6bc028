import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type DatabaseConnection } from '#database';
import { forkProcess } from './compiled-sources.js';
import { HttpClient } from './http-client.js';
import { createDatabase } from './postgres.js';
import { type HostReply, type HostRequest } from './server-host-process.js';

export type Environment = Record<string, string>;

/** A running server, and its two protocols. */
export interface TestServer {
  readonly connection: DatabaseConnection;
  /** `http://127.0.0.1:1234` */
  readonly url: string;
  /** `/api/cdb_rest` */
  readonly dropIn: HttpClient;
  /** `/api/v1` */
  readonly native: HttpClient;
  /** Bytes that its process uses, without garbage. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the application as `main.ts` builds it, on a database of its own unless one is given. */
export async function startServer(
  options: {
    iovMode?: 'continuous' | 'discrete';
    env?: Environment;
    connection?: DatabaseConnection;
  } = {},
): Promise<TestServer> {
  const connection = options.connection ?? (await createDatabase());
  const id = ++lastId;
  running.add(id);
  const url = await ask({
    id,
    start: {
      env: {
        CDB_LOG_LEVEL: 'silent',
        CDB_IOV_MODE: options.iovMode ?? 'continuous',
        ...options.env,
      },
      connection,
    },
  });
  return {
    connection,
    ...clientsOf(url),
    memory: async () => Number(await ask({ id, memory: true })),
    stop: () => stop(id),
  };
}

/** The two protocols of the server at `url`. */
export function clientsOf(url: string): Pick<TestServer, 'url' | 'dropIn' | 'native'> {
  return {
    url,
    dropIn: new HttpClient(`${url}/api/cdb_rest`),
    native: new HttpClient(`${url}/api/v1`),
  };
}

let host: Promise<ChildProcess> | undefined;
let lastId = 0;
const running = new Set<number>();
const waiting = new Map<number, (reply: HostReply) => void>();

async function ask(request: HostRequest): Promise<string> {
  const process = await (host ??= startHost());
  const reply = await new Promise<HostReply>((resolve) => {
    waiting.set(request.id, resolve);
    process.send(request);
  });
  waiting.delete(request.id);
  if ('error' in reply) throw new Error(reply.error);
  return reply.told;
}

async function startHost(): Promise<ChildProcess> {
  const child = await forkProcess('server-host');
  child.on('message', (reply: HostReply) => waiting.get(reply.id)?.(reply));
  child.on('exit', (code) => {
    for (const [id, reply] of waiting) reply({ id, error: `the host ended with ${String(code)}` });
  });
  return child;
}

async function stop(id: number): Promise<void> {
  await ask({ id, stop: true });
  running.delete(id);
  if (running.size > 0 || host === undefined) return;
  const ending = await host;
  host = undefined;
  const exited = once(ending, 'exit');
  ending.disconnect();
  await exited;
}
