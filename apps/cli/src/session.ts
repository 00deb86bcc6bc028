import { type Command } from 'commander';
import { Failure } from './failure.js';
import { ApiClient } from './http/api-client.js';
import { discoverToken, type FoundToken } from './http/bearer-token.js';
import { DEFAULT_SERVER, isInTheOpen, parseServer } from './http/server-address.js';
import { type Surroundings } from './surroundings.js';
import { Output } from './terminal/output.js';
import { ProgressLine } from './terminal/progress.js';
import { type Confirm, confirmOn } from './terminal/question.js';
import { VERSION } from './version.js';

/** The options that every command has. */
interface GlobalOptions {
  readonly server?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
  /** seconds */
  readonly timeout: number;
}

/** What a command works with. */
export interface Session {
  readonly surroundings: Surroundings;
  readonly output: Output;
  readonly progress: ProgressLine;
  readonly confirm: Confirm;
  /** The server, asked with the token that was found; looked for when it is first needed. */
  readonly api: ApiClient;
  /** The token that {@link api} sends. */
  readonly token: FoundToken | undefined;
}

/** Opens the session of a command that was called. */
export type OpenSession = (command: Command) => Session;

/** Sessions in these surroundings. */
export function sessionsIn(surroundings: Surroundings): OpenSession {
  return (command) => openSession(surroundings, command.optsWithGlobals<GlobalOptions>());
}

function openSession(surroundings: Surroundings, options: GlobalOptions): Session {
  const { env, uid, stdout, stderr, signal } = surroundings;
  const output = new Output(stdout, stderr, options.json === true, hasColor(surroundings));
  const progress = new ProgressLine(stderr);
  let found: { readonly token: FoundToken | undefined } | undefined;
  let api: ApiClient | undefined;
  const token = (): FoundToken | undefined => (found ??= { token: discoverToken(env, uid) }).token;
  return {
    surroundings,
    output,
    progress,
    confirm: confirmOn(surroundings, options.yes === true),
    get token() {
      return token();
    },
    get api() {
      return (api ??= connect());
    },
  };

  function connect(): ApiClient {
    const server = parseServer(options.server ?? env['TEMPORA_SERVER'] ?? DEFAULT_SERVER);
    if (token() !== undefined && isInTheOpen(server)) {
      output.note(`Warning: the token is sent to ${server} without encryption.`);
    }
    return new ApiClient({
      server,
      token: token()?.token,
      timeout: options.timeout * 1000,
      signal,
      watch: progress.watch,
      userAgent: `tempora/${VERSION}`,
    });
  }
}

/** https://no-color.org */
function hasColor({ env, stdout }: Surroundings): boolean {
  return stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

/** @throws Failure unless it is a number of seconds above 0 */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  // A timer of Node holds no more than some 24 days.
  if (!(seconds > 0 && seconds < 2_000_000)) {
    throw new Failure('usage', `"${text}" is not a number of seconds.`);
  }
  return seconds;
}
