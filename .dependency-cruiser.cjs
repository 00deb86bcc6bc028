/**
 * The drawing of the architecture: who may look at whom.
 * `tsconfig.architecture.json` leads `#iov` to the sources rather than to what was built of them.
 */

const API = '^apps/api/src/';
const UNIT_TEST = '\\.spec\\.ts$';

/** The folders of the API. Each looks only at folders above its own line. */
const LAYERS = [
  ['http'],
  ['auth'],
  ['database'],
  ['global-tag-status', 'payload-type'],
  ['global-tag'],
  ['payload-list'],
  ['payload-iov'],
  ['tag-file'],
  ['read-engine'],
  ['iov-query'],
  ['global-tag-diff', 'global-tag-history'],
  ['cdb-rest', 'demo', 'metrics'],
];

const folders = (names) => `${API}(${names.join('|')})/`;

const downwards = LAYERS.flatMap((layer, depth) =>
  layer.map((folder) => ({
    name: `${folder}-looks-down`,
    comment: `${folder} knows only what stands before it in the order of the folders.`,
    severity: 'error',
    from: { path: folders([folder]) },
    to: { path: folders(LAYERS.slice(depth).flat()), pathNot: folders([folder]) },
  })),
);

module.exports = {
  forbidden: [
    ...downwards,
    {
      name: 'every-folder-has-its-place',
      comment: 'A new folder of the API takes its place in LAYERS.',
      severity: 'error',
      from: { path: `${API}[^/]+/`, pathNot: folders(LAYERS.flat()) },
      to: {},
    },
    {
      name: 'folders-know-no-application',
      comment: 'What puts the application together is not known to its parts.',
      severity: 'error',
      from: { path: `${API}[^/]+/` },
      to: { path: `${API}[^/]+\\.ts$`, pathNot: `${API}config\\.token\\.ts$` },
    },
    {
      name: 'protocol-can-be-deleted',
      comment: 'Delete cdb-rest, and only the two files that put the application together notice.',
      severity: 'error',
      from: { pathNot: [folders(['cdb-rest']), `${API}app\\.(module|setup)\\.ts$`, '^test/'] },
      to: { path: folders(['cdb-rest']) },
    },
    {
      name: 'controllers-know-no-database',
      comment: 'A controller has the HTTP shape only; statements are run by what it is given.',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: {
        path: ['node_modules/(@types/)?(@nestjs/)?(typeorm|pg|pg-cursor)/', '\\.entity\\.ts$'],
      },
    },
    {
      name: 'command-line-speaks-http',
      comment:
        'What the command line does for experts it does over HTTP. Only `operator` works on a database.',
      severity: 'error',
      from: { path: '^apps/cli/src/', pathNot: ['^apps/cli/src/operator/', UNIT_TEST] },
      to: { path: ['^libs/(?!iov/)', 'node_modules/(@types/)?(@nestjs|fastify|typeorm|pg)'] },
    },
    {
      name: 'applications-know-not-each-other',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libraries-by-their-door',
      comment:
        'The # name leads to src/index.ts, the only door; nothing else of a library is public.',
      severity: 'error',
      from: { path: '^(apps|bench|test)/|^ormconfig\\.ts$' },
      to: { path: '^libs/', dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'libraries-among-themselves-by-their-door',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/', pathNot: '^libs/$1/', dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'libraries-know-no-application',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|bench|test)/|^ormconfig\\.ts$' },
    },
    {
      name: 'pure-libraries',
      comment: 'Rules, timelines, problems and settings need no framework, no driver, no package.',
      severity: 'error',
      from: { path: '^libs/(iov|timeline|problems|config)/src/', pathNot: UNIT_TEST },
      to: { path: 'node_modules/' },
    },
    {
      name: 'pure-libraries-stand-below',
      comment: 'At most they look at #iov, which looks at nothing.',
      severity: 'error',
      from: { path: '^libs/(iov|timeline|problems|config)/src/' },
      to: { path: '^libs/', pathNot: ['^libs/$1/', '^libs/iov/'] },
    },
    {
      name: 'auth-knows-no-framework',
      comment:
        'Tokens and policies are plain functions; who asks over HTTP is known to the API only.',
      severity: 'error',
      from: { path: '^libs/auth/src/' },
      to: { path: ['node_modules/(@nestjs|fastify|typeorm|pg)/', '^libs/(?!auth/)'] },
    },
    {
      name: 'open-telemetry-only-on-demand',
      comment: 'Who does not want traces does not load what sends them.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/observability/src/opentelemetry\\.ts$' },
      to: {
        path: ['^libs/observability/src/opentelemetry\\.ts$', 'node_modules/@opentelemetry/'],
        dynamic: false,
      },
    },
    {
      name: 'tests-are-not-shipped',
      severity: 'error',
      from: { path: '^(apps|libs|bench)/', pathNot: [UNIT_TEST, '^libs/[^/]+/test/'] },
      to: { path: [UNIT_TEST, '^test/', '^libs/[^/]+/test/'] },
    },
    {
      name: 'production-needs-no-development-packages',
      severity: 'error',
      from: {
        path: '^(apps|libs)/|^ormconfig\\.ts$',
        pathNot: [UNIT_TEST, '^libs/[^/]+/test/'],
      },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '\\.d\\.ts$' },
      to: {},
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.architecture.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
