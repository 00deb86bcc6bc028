// Runs in a process of its own, started by yardstick.ts.
import fastify from 'fastify';
import { Pool } from 'pg';
import { answerParent, endWithParent } from './companion-process.js';
import { type YardstickOrder } from './yardstick.js';

const CONNECTIONS = 8;

/** All that a server without a memory of answers has to do, and nothing else. */
const RESOLVE = {
  name: 'resolve',
  rowMode: 'array' as const,
  text: `
SELECT coalesce(json_agg(json_build_array(type.name, payload_url, checksum, size, major_iov, minor_iov,
         major_iov_end, minor_iov_end, extra) ORDER BY type.name)::text, '[]')
FROM "GlobalTag" tag
JOIN "PayloadList" list ON list.global_tag_id = tag.id
JOIN "PayloadType" type ON type.id = list.payload_type_id
JOIN LATERAL (
  SELECT * FROM "PayloadIOV" iov
  WHERE iov.payload_list_id = list.id AND (iov.major_iov, iov.minor_iov) <= ($2, $3)
  ORDER BY iov.major_iov DESC, iov.minor_iov DESC
  LIMIT 1
) iov ON true
WHERE tag.name = $1`,
};

/** What storing and attaching a payload costs at least, whatever its list holds already. */
const STORE = {
  name: 'store',
  text: `
INSERT INTO "PayloadIOV" (payload_url, checksum, major_iov, minor_iov, major_iov_end, minor_iov_end,
  comb_iov, created, updated)
VALUES ($1, $2, $3::bigint, $4, 9223372036854775807, 9223372036854775807, $3::bigint, now(), now())
RETURNING id`,
};
const ATTACH = {
  name: 'attach',
  text: `
UPDATE "PayloadIOV" SET updated = now(),
  payload_list_id = (SELECT id FROM "PayloadList" WHERE name = $2)
WHERE id = $1`,
};

interface Store {
  Body: { payload_url: string; checksum: string; major_iov: number; minor_iov: number };
}

interface Attach {
  Body: { piov_id: number; payload_list: string };
}

interface Resolve {
  Querystring: { gtName: string; majorIOV: string; minorIOV: string };
}

const JSON_TYPE = 'application/json; charset=utf-8';
const app = fastify();
let prebuilt = Buffer.alloc(0);
let pool: Pool | undefined;

app.get('/bare', (_request, reply) => {
  void reply.header('content-type', JSON_TYPE).send(prebuilt);
});

app.get<Resolve>('/pg', async ({ query: { gtName, majorIOV, minorIOV } }, reply) => {
  const result = await pool?.query<[string]>({ ...RESOLVE, values: [gtName, majorIOV, minorIOV] });
  return reply.header('content-type', JSON_TYPE).send(result?.rows[0]?.[0]);
});

app.post<Store>('/pg/piov', async ({ body }) => {
  const values = [body.payload_url, body.checksum, body.major_iov, body.minor_iov];
  return (await pool?.query<{ id: string }>({ ...STORE, values }))?.rows[0];
});

app.put<Attach>('/pg/piov_attach', async ({ body }) => {
  await pool?.query({ ...ATTACH, values: [body.piov_id, body.payload_list] });
  return {};
});

process.on('message', (order: YardstickOrder) => {
  if (order.prebuilt !== undefined) prebuilt = Buffer.from(order.prebuilt);
  if (order.database) pool = new Pool({ ...order.database, max: CONNECTIONS });
  answerParent('done');
});
endWithParent();

const address = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
answerParent(Number(address.port));
