/** Serves the demo content for `openapi.spec.ts`; tells its parent where, and which routes there are. */
import { readConfig } from '#config';
import { type DatabaseConnection } from '#database';
import { Lifecycle } from '#health';
import { createApp } from '../apps/api/src/app.setup.js';
import { DemoService } from '../apps/api/src/demo/demo.service.js';

/** What the parent is told once it can ask. */
export interface DemoServer {
  readonly url: string;
  /** `GET /api/v1/global-tags/:name` */
  readonly routes: readonly string[];
}

const connection = JSON.parse(process.argv[2] ?? '') as DatabaseConnection;
const app = await createApp(readConfig({ CDB_LOG_LEVEL: 'silent' }), connection);
const routes: string[] = [];
app
  .getHttpAdapter()
  .getInstance()
  .addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push(`${each} ${url}`);
  });
await app.listen(0, '127.0.0.1');
await app.get(DemoService, { strict: false }).load();

process.on('message', () => {
  app.get(Lifecycle, { strict: false }).stop();
  process.send?.('stopping');
});
process.on('disconnect', () => {
  app.getHttpServer().closeAllConnections();
  void app.close().then(() => process.exit());
});
process.send?.({ url: await app.getUrl(), routes } satisfies DemoServer);
