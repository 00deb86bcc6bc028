import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { SignJWT } from 'jose';
import { withExamples } from '../examples.js';
import { Failure } from '../failure.js';
import { type OpenSession } from '../session.js';

type Claims = Readonly<Record<string, unknown>>;

interface TokenOptions {
  readonly subject: string;
  readonly scope?: string;
  readonly claim: Claims;
  /** seconds */
  readonly expires: number;
  readonly secretFile?: string;
}

const DEFAULT_SECONDS = 8 * 3600;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
/** Who has a token has it until it ends: nobody can take it back. */
const MOST_SECONDS = 366 * 86_400;

export function addToken(program: Command, open: OpenSession): void {
  const command = program
    .command('token')
    .description(
      'Make a token for development, signed with the secret of the server (HS256).\n\n' +
        'The secret is JWT_SECRET, or in the file of --secret-file; issuer and audience are CDB_JWT_ISSUER and ' +
        'CDB_JWT_AUDIENCE, as the server has them. No server is asked.',
    )
    .requiredOption('--subject <name>', 'who it speaks for (sub)')
    .option('--scope <scopes>', 'its rights, such as "cdb.insert:/ cdb.create:/"')
    .addOption(
      new Option(
        '--claim <name=value>',
        'another claim, may be repeated; its value is JSON, or text',
      )
        .argParser(addClaim)
        .default({}, 'none'),
    )
    .addOption(
      new Option('--expires <time>', 'how long it is good, such as 30m, 8h or 7d')
        .argParser(parseTime)
        .default(DEFAULT_SECONDS, '8h'),
    )
    .option('--secret-file <file>', 'a file that holds the secret, and nothing else')
    .action(async (options: TokenOptions, called: Command) => {
      const { output, surroundings } = open(called);
      const { secret, issuer, audiences } = await sharedSecret(
        options.secretFile,
        surroundings.env,
      );
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        sub: options.subject,
        ...(issuer === null ? {} : { iss: issuer }),
        ...(audiences[0] === undefined ? {} : { aud: audiences[0] }),
        ...(options.scope === undefined ? {} : { scope: options.scope }),
        iat: now,
        exp: now + options.expires,
        ...options.claim,
      };
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .sign(new TextEncoder().encode(secret));
      await output.show({ token, claims }, () => [token]);
    });
  withExamples(
    command,
    'tempora token --subject alice --scope "cdb.admin:/" --secret-file secret.txt',
    'BEARER_TOKEN=$(tempora token --subject alice --secret-file secret.txt) tempora whoami',
  );
}

async function sharedSecret(file: string | undefined, env: NodeJS.ProcessEnv) {
  const { ConfigError, readSharedSecret } = await import('#config');
  try {
    const secret = file === undefined ? {} : { JWT_SECRET: secretIn(file) };
    return readSharedSecret({ ...env, ...secret });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Failure('usage', error.message, 'bad-setting');
  }
}

/** Editors end the last line. */
function secretIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure('invalid', `The secret cannot be read: ${why}.`, 'unreadable-file');
  }
}

function addClaim(text: string, claims: Claims): Claims {
  const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new Failure('usage', `"${text}" is not name=value.`);
  return { ...claims, [name]: parsed(value) };
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** @returns seconds */
function parseTime(text: string): number {
  const [, number, unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(text) ?? [];
  const seconds = Number(number) * (UNITS[unit] ?? 1);
  if (seconds > 0 && seconds <= MOST_SECONDS) return seconds;
  throw new Failure('usage', `"${text}" is not a time from 1s to 366d, such as 30m, 8h or 7d.`);
}
