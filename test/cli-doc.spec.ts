import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Command } from 'commander';
import { examplesOf } from '../apps/cli/src/examples.js';
import { EXIT_CODES } from '../apps/cli/src/exit-codes.js';
import { buildProgram } from '../apps/cli/src/program.js';
import { compiledSources } from './compiled-sources.js';
import { createDatabase } from './postgres.js';
import {
  databaseEnvironment,
  endServices,
  type ServiceProcess,
  startService,
} from './service-process.js';

const DOCUMENT = new URL('../docs/cli.md', import.meta.url);

const HEAD = `# The command line: \`tempora\`

For calibration experts, over HTTP with any server, and for operators. This page is written from the program;
a test keeps it true, and tries the examples on the demo.

In a checkout, \`npx tempora …\` builds what has to be built and runs it; \`npm install --global .\` there makes it
\`tempora\` everywhere. It needs Node ≥ 20.19.

- **Which server**: \`--server https://cdb.example.org\`, else \`TEMPORA_SERVER\`, else http://127.0.0.1:8000.
- **Who you are**: a bearer token, found as
  [WLCG says](https://github.com/WLCG-AuthZ-WG/bearer-token-discovery/blob/master/specification.md): in
  \`BEARER_TOKEN\`, in the file that \`BEARER_TOKEN_FILE\` names, in \`$XDG_RUNTIME_DIR/bt_u<uid>\`, in
  \`/tmp/bt_u<uid>\`. The first that is there and not empty counts; what is no token is an error. It is sent to
  the server that was named and nowhere else: redirects are not followed.
- **Moments** are typed as \`1234\` (major 0, minor 1234: a run, say) or as \`7,1234\` (major 7, minor 1234), and shown
  so. An end may also be \`open\`, for ever, and where something is inserted \`next\`, the start of the next payload.
- **For programs**, \`--json\` prints what the API answers, lists as one array of all pages. A failure is then one JSON object on
  stderr: \`{"code": "global-tag-not-found", "detail": "…", "remarks": []}\`. The \`code\` is that of the
  [problem](problems.md), or one of the program.
- **Questions**: what cannot be taken back, or changes payloads of others, asks first. Without a terminal it is
  refused, unless \`--yes\` is said.
- Tables are as wide as the terminal. \`NO_COLOR\` is respected. What takes long says how far it is, on stderr and only
  on a terminal. \`TEMPORA_DEBUG=1\` shows where something unexpected came from.

## Exit codes

| code | meaning |
|---|---|
`;

const nowhere = { write: () => true } as unknown as NodeJS.WriteStream;
const program = buildProgram(
  () => {
    throw new Error('nothing is run here');
  },
  { stdout: nowhere, stderr: nowhere },
);

function shownCommands(command: Command): Command[] {
  return [...command.createHelp().visibleCommands(command)];
}

function withAll(command: Command): Command[] {
  return [command, ...shownCommands(command).flatMap(withAll)];
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

function table(head: string, rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) return '';
  const lines = rows.map(([term, text]) => `| \`${term}\` | ${text.replaceAll('|', '\\|')} |\n`);
  return `| ${head} | |\n|---|---|\n${lines.join('')}\n`;
}

function section(command: Command): string {
  const help = command.createHelp();
  const terms = command.registeredArguments.map(
    (argument) => [help.argumentTerm(argument), help.argumentDescription(argument)] as const,
  );
  const options = help
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .map((option) => [help.optionTerm(option), help.optionDescription(option)] as const);
  const commands = shownCommands(command);
  const depth = command.parent?.parent == null ? '##' : '###';
  return (
    `\n${depth} \`${fullName(command)}\`\n\n` +
    `${command.description()}\n\n` +
    (commands.length > 0 ? '' : `\`\`\`\n${help.commandUsage(command)}\n\`\`\`\n\n`) +
    table('argument', terms) +
    table(command === program ? 'option of every command' : 'option', options) +
    (command === program || examplesOf(command).length === 0
      ? ''
      : `\`\`\`sh\n${examplesOf(command).join('\n')}\n\`\`\`\n`)
  );
}

describe('docs/cli.md', () => {
  it('is what the program says (UPDATE_SNAPSHOTS=1 writes it anew)', () => {
    const codes = Object.values(EXIT_CODES).map(
      ({ code, meaning }) => `| ${code} | ${meaning} |\n`,
    );
    const document = (HEAD + codes.join('') + withAll(program).map(section).join(''))
      .replace(/\n{3,}/g, '\n\n')
      .trimEnd();
    if (process.env['UPDATE_SNAPSHOTS'] === '1') writeFileSync(DOCUMENT, `${document}\n`);
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(`${document}\n`);
  });
});

describe('the examples', () => {
  /** They work on a database or make tokens; tests of their own try them. */
  const OF_OPERATORS = /^tempora (migrate|adopt|check|token|bench)\b/;
  let server: ServiceProcess;
  let folder: string;

  beforeAll(async () => {
    server = await startService({
      ...databaseEnvironment(await createDatabase()),
      CDB_DEMO: 'true',
      CDB_AUTH: 'off',
    });
    folder = mkdtempSync(join(tmpdir(), 'tempora-examples-'));
    mkdirSync(join(folder, 'bin'));
    const main = join(await compiledSources(), 'apps/cli/src/main.js');
    const script = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`;
    writeFileSync(join(folder, 'bin/tempora'), script, { mode: 0o755 });
    writeFileSync(join(folder, 'README.md'), 'a file');
  });
  afterAll(async () => {
    await endServices();
    rmSync(folder, { recursive: true });
  });

  it('work on the demo, one after another', async () => {
    const commands = withAll(program).filter((command) => !OF_OPERATORS.test(fullName(command)));
    for (const command of commands) {
      for (const example of examplesOf(command)) {
        expect({ example, ...(await shell(example)) }).toMatchObject({ example, code: 0 });
      }
    }
  });

  function shell(line: string): Promise<{ code: number; stderr: string }> {
    const env = { PATH: `${folder}/bin:${process.env['PATH'] ?? ''}`, TEMPORA_SERVER: server.url };
    return new Promise((resolve) => {
      execFile('sh', ['-c', line], { cwd: folder, env }, (error, _stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stderr });
      });
    });
  }
});
