import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DropInConditions } from './drop-in-conditions.js';
import { createDatabase } from './postgres.js';
import { quietPort } from './quiet-port.js';
import {
  databaseEnvironment,
  endServices,
  runService,
  type ServiceProcess,
  startService,
} from './service-process.js';
import { TraceReceiver } from './trace-receiver.js';
import { until } from './until.js';

const SECRET = 'name-that-nobody-may-see';
const PARENT = '00f067aa0ba902b7';

let receiver: TraceReceiver;
let service: ServiceProcess;

/** A service that sends traces, sooner than it would by itself unless told. */
async function traced(env: Record<string, string> = {}): Promise<ServiceProcess> {
  return startService({
    ...databaseEnvironment(await createDatabase()),
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '20',
    ...env,
  });
}

const newTrace = (): string => randomBytes(16).toString('hex');

/** Asks as a client that is traced does. */
async function ask(
  trace: string,
  path: string,
  init: { method?: string; body?: string; headers?: Record<string, string> } = {},
  flags = '01',
): Promise<Response> {
  const headers = {
    traceparent: `00-${trace}-${PARENT}-${flags}`,
    'content-type': 'application/json',
    ...init.headers,
  };
  const response = await fetch(`${service.url}${path}`, { ...init, headers });
  await response.text();
  return response;
}

beforeEach(async () => {
  receiver = await TraceReceiver.open();
});
afterEach(async () => {
  await endServices();
  await receiver.close();
});
afterAll(endServices);

describe('Traces', () => {
  it('have a span for each request under that of its client, and in it one for each statement', async () => {
    service = await traced({ OTEL_SERVICE_NAME: 'conditions' });
    const [reads, writes] = [newTrace(), newTrace()];
    await ask(reads, `/api/v1/global-tags/${SECRET}?page=${SECRET}`, {
      headers: { 'x-request-id': 'job-17' },
    });
    await ask(writes, '/api/v1/payload-types', {
      method: 'POST',
      body: JSON.stringify({ name: SECRET, description: SECRET }),
    });
    await until(() => receiver.trace(reads).length >= 2 && receiver.trace(writes).length >= 4);

    const [request, ...statements] = [...receiver.trace(reads)].reverse();
    expect(request).toMatchObject({
      name: 'GET /api/v1/global-tags/:name',
      parentSpanId: PARENT,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/api/v1/global-tags/:name',
        'http.response.status_code': 404,
        'tempora.request_id': 'job-17',
      },
    });
    expect(statements).toEqual([
      expect.objectContaining({ name: 'global-tag-by-name', parentSpanId: request?.spanId }),
    ]);
    // Its body has arrived in between.
    const written = receiver.trace(writes);
    const post = written.find(({ name }) => name === 'POST /api/v1/payload-types');
    const parts = written.filter(({ parentSpanId }) => parentSpanId === post?.spanId);
    expect(parts.map(({ name }) => name)).toEqual(expect.arrayContaining(['begin', 'commit']));
    expect(receiver.resource).toMatchObject({ 'service.name': 'conditions' });
    expect(receiver.text).not.toContain(SECRET);
  });

  it('have what memory answers, too', async () => {
    service = await traced();
    const conditions = new DropInConditions(service.dropIn);
    const [list = ''] = await conditions.tagWithLists('T', 'Beam');
    await conditions.inserted(list, 'beam.root', [0, 5]);
    const path = '/api/cdb_rest/payloadiovs/?gtName=T&majorIOV=0&minorIOV=7';
    let trace = '';
    await until(async () => {
      trace = newTrace();
      return (await ask(trace, path)).headers.get('cache-status') === 'Tempora; hit';
    });
    await until(() => receiver.trace(trace).length > 0);
    expect(receiver.trace(trace)).toEqual([
      expect.objectContaining({ name: 'GET /api/cdb_rest/payloadiovs', parentSpanId: PARENT }),
    ]);
  });

  it('have neither what the client does not want traced nor probes', async () => {
    service = await traced();
    const [unwanted, probe, last] = [newTrace(), newTrace(), newTrace()];
    await ask(unwanted, '/api/v1/global-tags', {}, '00');
    await ask(probe, '/health/live');
    await ask(last, '/api/v1/global-tags');
    await until(() => receiver.trace(last).length > 0);
    expect([receiver.trace(unwanted), receiver.trace(probe)]).toEqual([[], []]);
  });

  it('that are left are sent at the end, as protobuf unless told otherwise', async () => {
    service = await traced({
      OTEL_EXPORTER_OTLP_PROTOCOL: '',
      OTEL_BSP_SCHEDULE_DELAY: '600000',
    });
    const trace = newTrace();
    await ask(trace, '/api/v1/global-tags');
    expect(receiver.bodies).toEqual([]);
    expect(await service.stop()).toBe(0);
    expect(receiver.bodies.map(({ type }) => type)).toEqual(['application/x-protobuf']);
    expect(receiver.text).toContain(Buffer.from(trace, 'hex').toString('latin1'));
  });

  it('that nobody takes harm nobody', async () => {
    service = await traced({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await quietPort()}`,
    });
    for (let n = 0; n < 20; n++) {
      expect((await ask(newTrace(), '/api/v1/global-tags')).status).toBe(200);
    }
    expect(await service.stop()).toBe(0);
  });

  it('are not sent where nobody wants them', async () => {
    service = await traced({ OTEL_SDK_DISABLED: 'true' });
    expect((await ask(newTrace(), '/api/v1/global-tags')).status).toBe(200);
    expect(await service.stop()).toBe(0);
    expect(receiver.bodies).toEqual([]);
  });

  it('are refused in a protocol that is not there, by a sentence', async () => {
    const { code, stderr } = await runService({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'OTEL_EXPORTER_OTLP_PROTOCOL is "grpc", but must be one of: http/protobuf, http/json.\n',
    );
  });
});
