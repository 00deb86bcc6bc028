import { Failure } from '../failure.js';

export const DEFAULT_SERVER = 'http://127.0.0.1:8000';

/**
 * The address of a server without a slash at its end: `https://cdb.example.org`, with a path if it lies
 * below one.
 * @throws Failure if it is none
 */
export function parseServer(text: string): string {
  const url = readUrl(/^https?:/i.test(text) ? text : `http://${text}`);
  if (url === undefined) throw new Failure('usage', `"${text}" is not the address of a server.`);
  if (url.username !== '' || url.password !== '') {
    throw new Failure(
      'usage',
      'The address of the server has a name or password in it; use a token.',
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** Whether what is sent to it can be read on the way. */
export function isInTheOpen(server: string): boolean {
  const { protocol, hostname } = new URL(server);
  return protocol === 'http:' && !/^(127\.|localhost$|\[::1\]$)/.test(hostname);
}

function readUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
