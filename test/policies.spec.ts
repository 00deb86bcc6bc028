import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { type DatabaseConnection } from '#database';
import { databaseContent } from './database-content.js';
import { DropInConditions } from './drop-in-conditions.js';
import { type Answer, type HttpClient } from './http-client.js';
import { expectProblem } from './native-problem.js';
import { createDatabase } from './postgres.js';
import { startServer, type TestServer } from './server.js';
import {
  databaseEnvironment,
  endServices,
  type ServiceProcess,
  startService,
} from './service-process.js';
import { type Claims, REFERENCE_AUTH, signed, TokenIssuer } from './token-issuer.js';
import { until } from './until.js';

const folder = mkdtempSync(join(tmpdir(), 'tempora-policy-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Both protocols, asked with a token. */
interface Person {
  readonly native: HttpClient;
  readonly dropIn: HttpClient;
}

function personWith(server: Person, token: string): Person {
  return { native: server.native.as(token), dropIn: server.dropIn.as(token) };
}

function expectForbidden(answer: Answer, words: string): void {
  expect(answer).toMatchObject({ status: 403, body: { detail: expect.stringContaining(words) } });
  expect(answer.headers.get('www-authenticate')).toMatch(
    /^Bearer realm="Tempora", error="insufficient_scope", error_description="[ -!#-~]+"$/,
  );
}

/** One payload of a type, valid from there on. */
function payload(payload_type: string, minor: number): object {
  return { payload_type, payload_url: 'u', checksum: 'c', from: { major: 0, minor } };
}

function insert(person: Person, tag: string, ...types: string[]): Promise<Answer> {
  const payloads = types.map((type, position) => payload(type, position));
  return person.native.post(`global-tags/${tag}/payloads`, { payloads });
}

describe('The policy belle2', () => {
  let server: TestServer;
  let admin: Person;
  let dataBeam: string;
  let mcBeam: string;
  let detached: string;

  const somebody = async (claims: Claims): Promise<Person> =>
    personWith(server, await signed(claims));

  beforeAll(async () => {
    server = await startServer({
      env: {
        ...REFERENCE_AUTH,
        CDB_PERMISSION_PLUGIN_CLASS: 'cdb_rest.permissions_plugins.belle2.Belle2PermissionPlugin',
        CDB_ALLOW_THAW: 'true',
      },
    });
    admin = await somebody({ 'b2cdb:admin': ['.*'] });
    const conditions = new DropInConditions(admin.dropIn);
    [dataBeam = ''] = await conditions.tagWithLists('DATA_1', 'Beam');
    await conditions.globalTag('MC_1');
    mcBeam = await conditions.payloadList('Beam', 'MC_1');
    detached = await conditions.payloadList('Beam');
  });
  afterAll(() => server.stop());

  let before: object[];
  beforeEach(async () => {
    before = await databaseContent(server.connection);
  });

  it('lets createiov insert into the tags that an expression matches, and nothing else', async () => {
    const writer = await somebody({ 'b2cdb:createiov': ['DATA_.*', 'X'] });
    expect((await insert(writer, 'DATA_1', 'Beam')).status).toBe(201);
    const right = 'it takes b2cdb:createiov or b2cdb:admin with an expression that matches';
    expectForbidden(await insert(writer, 'MC_1', 'Beam'), right);
    expectForbidden(await insert(writer, 'MY_DATA_1', 'Beam'), 'the global tag "MY_DATA_1"');
    expectForbidden(await writer.native.delete('global-tags/DATA_1'), 'it takes b2cdb:admin');
    expectForbidden(await writer.dropIn.put('gt_change_status/DATA_1/locked'), 'The right to lock');
    const move = { global_tag: 'DATA_1', payload_list: detached };
    expectForbidden(await writer.dropIn.put('pl_attach', move), 'The right to attach');
    // Of a list that goes from one tag into another both are asked about.
    const taker = await somebody({ 'b2cdb:admin': ['DATA_.*'] });
    const take = await taker.native.send('PUT', `global-tags/DATA_1/payload-lists/${mcBeam}`);
    expectForbidden(
      take,
      'The right to detach is missing for the payload type "Beam" in the global tag "MC_1"',
    );
  });

  it('asks for every list of a bulk load, whichever comes first', async () => {
    const writer = await somebody({ 'b2cdb:createiov': ['DATA_.*'] });
    const row = (payload_list: string, minor_iov: number) => ({
      payload_list,
      payload_url: 'u',
      major_iov: 0,
      minor_iov,
    });
    const rows = [row(dataBeam, 10), row(dataBeam, 11), row(mcBeam, 10)];
    for (const order of [rows, rows.toReversed()]) {
      expectForbidden(await writer.dropIn.post('bulk_piov', order), 'the global tag "MC_1"');
    }
    expect(await databaseContent(server.connection)).toEqual(before);
    expect((await writer.dropIn.post('bulk_piov', rows.slice(0, 2))).status).toBe(200);
  });

  it('lets createpayload prepare what is in no tag', async () => {
    const author = await somebody({ 'b2cdb:createpayload': ['Beam', 'New.*'] });
    expect((await author.dropIn.post('pt', { name: 'NewType' })).status).toBe(200);
    expectForbidden(await author.dropIn.post('pt', { name: 'Other' }), 'the payload type "Other"');
    expect((await author.dropIn.post('pl', { payload_type: 'Beam' })).status).toBe(200);
    const stored = { payload_url: 'v', checksum: 'c', major_iov: 0, minor_iov: 1 };
    const { status, body } = await author.dropIn.post('piov', stored);
    expect(status).toBe(200);
    const piov_id = (body as { id: number }).id;
    const into = (payload_list: string) =>
      author.dropIn.put('piov_attach', { payload_list, piov_id });
    expectForbidden(await into(dataBeam), 'the payload type "Beam" in the global tag "DATA_1"');
    expectForbidden(await author.native.delete(`payloads/${piov_id}`), 'The right to delete');
    expectForbidden(await author.native.delete('payload-types/NewType'), 'it takes b2cdb:admin');
    expect((await into(detached)).status).toBe(200);
    expectForbidden(await author.dropIn.post('gtstatus', { name: 'draft' }), 'the status "draft"');
  });

  it('asks for thawing besides the status that follows', async () => {
    const manager = await somebody({ 'b2cdb:admin': 'RUN_.*' });
    expect((await manager.native.post('global-tags', { name: 'RUN_1' })).status).toBe(201);
    for (const status of ['frozen', 'locked', 'unlocked']) {
      expect((await manager.native.patch('global-tags/RUN_1', { status })).status).toBe(200);
    }
    expectForbidden(await manager.native.post('global-tags', { name: 'DATA_2' }), 'create');
    const clone = await manager.native.post('global-tags/RUN_1/clone', { name: 'DATA_2' });
    expectForbidden(clone, 'The right to clone is missing for the global tag "DATA_2"');
    expect((await manager.native.post('global-tags/DATA_1/clone', { name: 'RUN_2' })).status).toBe(
      201,
    );
  });

  it.each<[string, unknown, string]>([
    ['what cannot be read', ['(DATA_.*'], String.raw`cannot be used: "(DATA_.*"`],
    ['lookaheads', ['(?=DATA).*'], 'cannot be used'],
    ['what is no text', [7, null, { a: 1 }], 'it takes'],
    ['what is no list', { DATA_1: true }, 'it takes'],
    ['what would try for ever', ['(D|DA|DAT|.)*(.*.*)*!'], 'it takes'],
  ])('matches nothing with %s', async (_, expressions, words) => {
    const writer = await somebody({ 'b2cdb:createiov': expressions });
    expectForbidden(await insert(writer, 'DATA_1', 'Beam'), words);
    const both = await somebody({ 'b2cdb:createiov': expressions, 'b2cdb:admin': ['DATA_1'] });
    expect((await insert(both, 'DATA_1', 'Beam')).status).toBe(201);
  });

  it('tells who may not before it tells what does not exist', async () => {
    const nobody = await somebody({});
    expectForbidden(await nobody.native.delete('global-tags/Nowhere'), 'Nowhere');
    expectForbidden(await nobody.native.patch('global-tags/Nowhere', { status: 'locked' }), 'lock');
    expectForbidden(await insert(nobody, 'Nowhere', 'Nothing'), 'Nowhere');
    expectProblem(await nobody.native.delete('payload-lists/Nothing_1'), 'payload-list-not-found');
    expectProblem(await admin.native.delete('global-tags/Nowhere'), 'global-tag-not-found');
  });
});

const POLICY = `
roles:
  calibration: ['cdb.insert:/sPHENIX_']
  production: ['cdb.admin:/']
issuers:
  ISSUER:
    groups:
      wlcg.groups:
        /sphenix/calibration: [calibration]
        /sphenix/production: [production]
`;

describe('The policy scopes', () => {
  const file = join(folder, 'policy.yaml');
  let issuer: TokenIssuer;
  let other: TokenIssuer;
  let server: ServiceProcess;
  let manager: Person;

  const somebody = async (claims: Claims, from = issuer): Promise<Person> =>
    personWith(server, await from.token(claims));

  beforeAll(async () => {
    [issuer, other] = await Promise.all([TokenIssuer.start(), TokenIssuer.start()]);
    writeFileSync(file, POLICY.replace('ISSUER', issuer.name));
    server = await startService({
      ...databaseEnvironment(await createDatabase()),
      CDB_OIDC_ISSUERS: `${issuer.name} tempora, ${other.name} tempora`,
      CDB_PERMISSION_PLUGIN_CLASS: 'scopes',
      CDB_POLICY_FILE: file,
      CDB_LOG_LEVEL: 'warn',
    });
    manager = await somebody({ 'wlcg.groups': ['/sphenix/production'] });
    const conditions = new DropInConditions(manager.dropIn);
    await conditions.tagWithLists('sPHENIX_1', 'Beam', 'Field');
    for (const tag of ['sPHENIX_2', 'Other_1']) await conditions.globalTag(tag);
  });
  afterAll(async () => {
    await endServices();
    await Promise.all([issuer.stop(), other.stop()]);
  });

  it('gives what the scope of a token says', async () => {
    const writer = await somebody({ scope: 'openid cdb.insert:/sPHENIX_ storage.read:/' });
    expect((await insert(writer, 'sPHENIX_1', 'Beam')).status).toBe(201);
    expect((await insert(writer, 'sPHENIX_2', 'Beam')).status).toBe(201);
    expectForbidden(await insert(writer, 'Other_1', 'Beam'), 'it takes cdb.insert:/Other_1/Beam/.');
    expectForbidden(await writer.native.delete('global-tags/sPHENIX_1'), 'cdb.delete:/sPHENIX_1/');
    const exact = await somebody({ scp: ['cdb.insert:/sPHENIX_1/Be*'] });
    expect((await insert(exact, 'sPHENIX_1', 'Beam')).status).toBe(201);
    expectForbidden(await insert(exact, 'sPHENIX_1', 'Beam', 'Field'), 'sPHENIX_1/Field/');
    expectForbidden(await insert(exact, 'sPHENIX_2', 'Beam'), 'sPHENIX_2/Beam/');
  });

  it('lets whoever inserts begin as the drop-in protocol does', async () => {
    const writer = await somebody({ scope: 'cdb.insert:/sPHENIX_2' });
    const conditions = new DropInConditions(writer.dropIn);
    await conditions.payloadType('Gain');
    const list = await conditions.payloadList('Gain', 'sPHENIX_2');
    await conditions.inserted(list, 'gain.root', [0, 1]);
    // A second list of the type would take the place of the first.
    const second = await conditions.payloadList('Gain');
    const replace = { global_tag: 'sPHENIX_2', payload_list: second };
    expectForbidden(await writer.dropIn.put('pl_attach', replace), 'The right to replace');
    expectForbidden(
      await writer.native.delete(`payload-lists/${second}`),
      'it takes cdb.delete:/.',
    );
    expectForbidden(await (await somebody({})).dropIn.post('pt', { name: 'X' }), 'cdb.insert');
  });

  it('gives groups what their roles may do, of the issuer that they are written under', async () => {
    const groups = { 'wlcg.groups': ['/sphenix', '/sphenix/calibration'] };
    expect((await insert(await somebody(groups), 'sPHENIX_1', 'Beam')).status).toBe(201);
    expectForbidden(await insert(await somebody(groups), 'Other_1', 'Beam'), 'cdb.insert');
    expectForbidden(await insert(await somebody(groups, other), 'sPHENIX_1', 'Beam'), 'cdb.insert');
    expect((await manager.native.patch('global-tags/Other_1', { status: 'locked' })).status).toBe(
      200,
    );
  });

  it('counts anew when the file changes, and as before where it became a bad one', async () => {
    const tester = await somebody({ 'wlcg.groups': ['/sphenix/testers'] });
    expectForbidden(await insert(tester, 'sPHENIX_1', 'Beam'), 'cdb.insert');
    const good = `${POLICY}        /sphenix/testers: [calibration]\n`.replace(
      'ISSUER',
      issuer.name,
    );
    // As an orchestrator does: another file in its place.
    writeFileSync(`${file}.new`, good);
    renameSync(`${file}.new`, file);
    await until(async () => (await insert(tester, 'sPHENIX_1', 'Beam')).status === 201);
    writeFileSync(file, `${good}\n  nonsense: [`);
    await server.said(/policy.yaml is not valid: .* at line \d+.* goes on counting/);
    expect((await insert(tester, 'sPHENIX_1', 'Beam')).status).toBe(201);
    writeFileSync(file, POLICY.replace('ISSUER', issuer.name));
    await until(async () => (await insert(tester, 'sPHENIX_1', 'Beam')).status === 403);
  });
});

describe("A policy of one's own", () => {
  const opened: TestServer[] = [];
  let connection: DatabaseConnection;
  beforeAll(async () => {
    connection = await createDatabase();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((server) => server.stop()));
  });

  async function startWith(name: string, text: string): Promise<TestServer> {
    const path = join(folder, name);
    writeFileSync(path, text);
    const env = { ...REFERENCE_AUTH, CDB_PERMISSION_PLUGIN_CLASS: path };
    const server = await startServer({ env, connection });
    opened.push(server);
    return server;
  }

  /** The example of the documentation, without its types. */
  function documented(): string {
    const page = readFileSync(new URL('../docs/authentication.md', import.meta.url), 'utf8');
    const [, source = ''] = /^```ts\n(.*?)^```$/ms.exec(page) ?? [];
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    return ts.transpileModule(source, { compilerOptions }).outputText;
  }

  it('decides: the one that is documented', async () => {
    const server = await startWith('night-shift.mjs', documented());
    const shifter = personWith(server, await signed({ groups: ['shifters'] }));
    expectForbidden(await insert(shifter, 'T', 'Beam'), 'it takes the group "shifters"');
    expectProblem(await insert(shifter, 'T_online', 'Beam'), 'global-tag-not-found');
    expectForbidden(await shifter.native.post('global-tags', { name: 'T_online' }), 'shifters');
  });

  it('allows nothing by a promise, by nothing, or by failing', async () => {
    const decide = `({ name }) => {
      if (name === 'Promised') return Promise.resolve(true);
      if (name === 'Failed') throw new Error('canary');
    }`;
    const server = await startWith('bad.mjs', `export default { name: 'bad', decide: ${decide} };`);
    const { native } = personWith(server, await signed());
    for (const name of ['Promised', 'Failed', 'Nothing']) {
      const answer = await native.post('global-tags', { name });
      expectProblem(answer, 'internal-error');
      expect(answer.text).not.toContain('canary');
      expectProblem(await native.get(`global-tags/${name}`), 'global-tag-not-found');
    }
  });

  it.each([
    ['that is not there', 'nowhere.mjs', undefined, /nowhere\.mjs cannot be loaded/],
    ['that is none', 'none.mjs', 'export default 7;', /none\.mjs must have a policy/],
    ['that cannot be read', 'broken.mjs', 'export default {', /broken\.mjs cannot be loaded/],
  ])('is refused at the start: one %s', async (_, name, text, why) => {
    const path = join(folder, name);
    if (text !== undefined) writeFileSync(path, text);
    const env = { ...REFERENCE_AUTH, CDB_PERMISSION_PLUGIN_CLASS: path };
    await expect(startServer({ env, connection })).rejects.toThrow(why);
  });

  it('and a policy file that cannot be used is refused there, too', async () => {
    const CDB_POLICY_FILE = join(folder, 'bad.yaml');
    writeFileSync(CDB_POLICY_FILE, 'roles: 7\nissuers: {}');
    const env = { ...REFERENCE_AUTH, CDB_PERMISSION_PLUGIN_CLASS: 'scopes', CDB_POLICY_FILE };
    await expect(startServer({ env, connection })).rejects.toThrow(
      /bad\.yaml is not valid: \/roles must be/,
    );
    const missing = { ...env, CDB_POLICY_FILE: join(folder, 'missing.yaml') };
    await expect(startServer({ env: missing, connection })).rejects.toThrow(
      /cannot be read \(ENOENT\)/,
    );
  });
});
