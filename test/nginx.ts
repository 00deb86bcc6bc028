import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quietPort } from './quiet-port.js';
import { until } from './until.js';

const CONFIGURATION = new URL('../charts/tempora/files/nginx/', import.meta.url);

/** Debian has it where only root looks. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin`;
const environment = { ...process.env, PATH };

export const nginxIsHere =
  spawnSync('nginx', ['-v'], { env: environment, stdio: 'ignore' }).status === 0;

/** The cache of the chart in front of servers, on a port and in a folder of its own. */
export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param servers `http://127.0.0.1:1234` each */
export async function startNginx(servers: readonly string[]): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'tempora-nginx-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'cache'));
  const [port, asking] = [await quietPort(), await quietPort()];
  for (const name of readdirSync(CONFIGURATION)) {
    const text = readFileSync(new URL(name, CONFIGURATION), 'utf8')
      .replaceAll(' /tmp/', ` ${folder}/`)
      .replaceAll(' /var/cache/nginx/', ` ${folder}/cache/`)
      .replaceAll('listen 8080', `listen 127.0.0.1:${port}`)
      .replaceAll('127.0.0.1:8081', `127.0.0.1:${asking}`)
      .replace('/dev/stdout', `${folder}/access.log`);
    writeFileSync(join(folder, name), text);
  }
  const hosts = servers.map((url) => `server ${new URL(url).host};`).join(' ');
  writeFileSync(join(folder, 'upstream.conf'), `upstream api { ${hosts} keepalive 64; }\n`);
  // It ends with us, however that comes.
  const script = `
    exec 3<&0
    nginx -e stderr -c "$0/nginx.conf" -g 'daemon off;' 3<&- & nginx=$!
    (cat <&3 >/dev/null; kill $nginx) >/dev/null 2>&1 &
    wait $nginx; rm -rf "$0"`;
  const watcher = spawn('sh', ['-c', script, folder], {
    detached: true,
    env: environment,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  watcher.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const gone = once(watcher, 'exit');
  let ended = false;
  void gone.then(() => (ended = true));
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (ended) throw new Error(`nginx has not started: ${said}`);
    const answer = await fetch(`${url}/nginx/health`).catch(() => undefined);
    return answer?.ok === true;
  });
  return {
    url,
    async stop() {
      watcher.stdin.end();
      await gone;
    },
  };
}
