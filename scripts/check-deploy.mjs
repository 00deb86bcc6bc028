// Checks docker/ and charts/ with the tools that are on this machine, and says which are not:
// helm, kubeconform, hadolint, docker compose (or docker-compose), promtool.
//
// kubeconform fetches its schemas, unless KUBECONFORM_SCHEMAS names others, with commas between them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { rootCertificates } from 'node:tls';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig, refuseUnprotected } from '#config';

const CHART = 'charts/tempora';
const KUBERNETES = '1.34.0';
const SCHEMAS =
  env.KUBECONFORM_SCHEMAS ??
  'default,https://raw.githubusercontent.com/datreeio/CRDs-catalog/main/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json';

const DATABASE = 'database.host=db,database.password=x';
/** What is installed: the three cases, and each optional part by itself. */
const CASES = {
  laptop: ['-f', `${CHART}/examples/laptop.yaml`],
  sPHENIX: ['-f', `${CHART}/examples/sphenix.yaml`],
  'Belle II': ['-f', `${CHART}/examples/belle2.yaml`],
  'one secret with a URL': set(
    'database.existingSecret.name=db,database.existingSecret.urlKey=uri',
  ),
  'a database by its parts': set(`${DATABASE},database.port=6000,database.replicas[0].host=r1`),
  'another account for the migration': set(
    `${DATABASE},migration.user=owner,migration.existingSecret.name=owner`,
  ),
  'no migration': set(`${DATABASE},migration.enabled=false,settings.CDB_MIGRATE=true`),
  CloudNativePG: set('database.cloudnativepg.enabled=true,database.cloudnativepg.instances=1'),
  'a pooler and TLS': set(
    `${DATABASE},pgbouncer.enabled=true,database.sslMode=verify-full,database.ca.secret=ca`,
  ),
  cache: set(`${DATABASE},cache.enabled=true`),
  ingress: set(`${DATABASE},ingress.enabled=true,ingress.tlsSecret=tls,ingress.className=nginx`),
  route: set(`${DATABASE},route.enabled=true`),
  autoscaling: set(`${DATABASE},autoscaling.enabled=true`),
  'network policies': set(
    `${DATABASE},networkPolicy.enabled=true,cache.enabled=true,pgbouncer.enabled=true`,
  ),
  'network policies and traces': set(
    `${DATABASE},networkPolicy.enabled=true,settings.OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318`,
  ),
  monitoring: set(
    `${DATABASE},metrics.serviceMonitor.enabled=true,metrics.prometheusRule.enabled=true,metrics.dashboard.enabled=true`,
  ),
  'issuers and roles': [
    ...set(`${DATABASE},auth.mode=oidc,auth.permissions=scopes`),
    ...[
      '--set-json',
      'auth.issuers=[{"issuer":"https://iam.example.org/","audiences":["a","b"],"algorithm":"RS256"}]',
    ],
    ...['--set-json', 'auth.policy={"roles":{"all":["cdb.admin:/"]},"issuers":{}}'],
  ],
};
/** What cannot work is refused, with a sentence that has these words. */
const REFUSED = {
  'No database is named': [],
  'leave one of them out': set(`${DATABASE},database.cloudnativepg.enabled=true`),
  'no password': set('database.host=db'),
  'auth.issuers is empty': set(`${DATABASE},auth.mode=oidc,auth.permissions=scopes`),
  'needs the parts': set(
    'pgbouncer.enabled=true,database.existingSecret.name=db,database.existingSecret.urlKey=uri',
  ),
  'migration.user would not be used': set(
    'database.existingSecret.name=db,database.existingSecret.urlKey=uri,migration.user=owner,migration.existingSecret.name=owner',
  ),
  'no secret with its password': set(`${DATABASE},migration.user=owner`),
  iovMode: set(`${DATABASE},iovMode=sometimes`),
  replicaCuont: set(`${DATABASE},replicaCuont=3`),
};

const CA = '/etc/tempora/database-ca/ca.crt';
const scratch = mkdtempSync(join(tmpdir(), 'tempora-check-'));
process.on('exit', () => {
  rmSync(scratch, { recursive: true });
});
const anyCa = join(scratch, 'ca.crt');
writeFileSync(anyCa, rootCertificates[0]);

let failed = 0;
const missing = [];

function set(values) {
  return ['--set', values];
}

function run(command, args, input) {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (error) return { status: 1, stdout: '', said: error.message };
  return { status, stdout, said: `${stdout}${stderr}`.trim() };
}

function there(...command) {
  const found = run(command[0], command.slice(1)).status === 0;
  if (!found) missing.push(command[0]);
  return found;
}

function report(what, problem) {
  if (problem) failed++;
  console.log(`${problem ? 'FAILED' : 'ok    '} ${what}${problem ? `\n${problem}` : ''}`);
}

/** What the pods would be told, read as the service reads it; secrets are made up. */
function environmentProblem(manifests) {
  const documented = ['configuration', 'tracing']
    .map((page) => readFileSync(`docs/${page}.md`, 'utf8'))
    .join('\n');
  for (const document of parseAllDocuments(manifests)) {
    const { kind, metadata, spec } = document.toJS() ?? {};
    const { env = [] } = spec?.template?.spec?.containers?.[0] ?? {};
    if (!/Deployment|Job/.test(kind) || /-(cache|pgbouncer)$/.test(metadata.name)) continue;
    const url = 'postgresql://u:p@db/cdb';
    const valueOf = ({ name, value }) =>
      value?.replace(CA, anyCa) ?? (name.endsWith('_URL') ? url : 'x'.repeat(40));
    const read = Object.fromEntries(env.map((variable) => [variable.name, valueOf(variable)]));
    const unknown = Object.keys(read).find(
      (name) =>
        !documented.includes(`\`${name.replace(/_R\d+$/, '_R1')}\``) &&
        name !== 'CDB_PAYLOAD_BASE_URL',
    );
    if (unknown) return `${unknown} is neither in docs/configuration.md nor in docs/tracing.md`;
    try {
      const config = readConfig(read);
      if (kind === 'Deployment') refuseUnprotected(readConfig({ ...read, HOST: '0.0.0.0' }));
      if (config.database.primary === null) return `${metadata.name} names no database`;
    } catch (error) {
      return `${metadata.name}: ${error.message}`;
    }
  }
  return undefined;
}

function render(values) {
  return run('helm', ['template', 'try', CHART, '--kube-version', KUBERNETES, ...values]);
}

function checkChart() {
  const validates = there('kubeconform', '-v');
  for (const [name, values] of Object.entries(CASES)) {
    const lint = run('helm', ['lint', CHART, '--strict', '--kube-version', KUBERNETES, ...values]);
    const rendered = render(values);
    const problem =
      (lint.status === 0 ? undefined : lint.said) ??
      (rendered.status === 0 ? environmentProblem(rendered.stdout) : rendered.said);
    report(`chart, ${name}`, problem);
    if (problem || !validates) continue;
    const locations = SCHEMAS.split(',').flatMap((location) => ['-schema-location', location]);
    const args = ['-strict', '-summary', '-kubernetes-version', KUBERNETES, ...locations];
    const valid = run('kubeconform', args, rendered.stdout);
    report(`chart, ${name}, as Kubernetes sees it`, valid.status === 0 ? undefined : valid.said);
  }
  for (const [words, values] of Object.entries(REFUSED)) {
    const { status, said } = render(values);
    report(
      `chart, refused: ${words}`,
      status !== 0 && said.includes(words) ? undefined : said.slice(0, 500),
    );
  }
}

/** The annotation of PgBouncer's pods: it changes with what they read, and tells nothing of the password. */
function checkChecksum() {
  const checksum = (values) => {
    const all = ['--kube-version', KUBERNETES, ...set(`database.host=db,${values}`)];
    const { stdout } = run('helm', ['template', 'try', CHART, ...all]);
    return /checksum\/files: (\w+)/.exec(stdout)?.[1];
  };
  const [one, other, larger] = [
    checksum('pgbouncer.enabled=true,database.password=x'),
    checksum('pgbouncer.enabled=true,database.password=y'),
    checksum('pgbouncer.enabled=true,database.password=x,pgbouncer.defaultPoolSize=7'),
  ];
  const right = one !== undefined && one === other && one !== larger;
  report('chart, the checksum of files', right ? undefined : `${one} ${other} ${larger}`);
}

function checkPlain(what, command, args) {
  const { status, said } = run(command, args);
  report(what, status === 0 ? undefined : said);
}

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const { appVersion } = parse(readFileSync(`${CHART}/Chart.yaml`, 'utf8'));
report(
  'the chart installs this version',
  appVersion === version ? undefined : `Chart.yaml has ${appVersion}, package.json ${version}`,
);
if (there('helm', 'version')) {
  checkChart();
  checkChecksum();
}
if (there('hadolint', '--version'))
  checkPlain('docker/Dockerfile', 'hadolint', ['docker/Dockerfile']);
const compose = there('docker-compose', 'version')
  ? ['docker-compose']
  : there('docker', 'compose', 'version') && ['docker', 'compose'];
if (compose) {
  const [command, ...first] = compose;
  checkPlain('docker/compose.yaml', command, [
    ...first,
    '-f',
    'docker/compose.yaml',
    'config',
    '-q',
  ]);
}
if (there('promtool', '--version')) {
  checkPlain('alerts', 'promtool', ['check', 'rules', `${CHART}/files/alerts.yaml`]);
  checkPlain('alerts, each tried', 'promtool', [
    'test',
    'rules',
    `${CHART}/files/alerts.test.yaml`,
  ]);
}
if (missing.length > 0) console.log(`Not on this machine, so not asked: ${missing.join(', ')}`);
process.exitCode = failed > 0 ? 1 : 0;
