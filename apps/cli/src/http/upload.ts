import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text as textOf } from 'node:stream/consumers';

interface UploadOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** How long the answer may take once all is sent, milliseconds. */
  readonly timeout: number;
}

/**
 * Sends a body of any length. An answer that comes before its end is a refusal: the rest is not sent.
 * (`fetch` would lose it.)
 * @throws what ends the connection, or the body
 */
export async function upload(
  url: string,
  body: AsyncIterable<Uint8Array>,
  { headers, signal, timeout }: UploadOptions,
): Promise<{ response: Response; text: string }> {
  const send = url.startsWith('https:') ? requestHttps : requestHttp;
  const request = send(url, { method: 'POST', headers, signal });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  const enough = new AbortController();
  const sent = pipeline(Readable.from(body), request, { signal: enough.signal, end: true }).then(
    () => {
      request.setTimeout(timeout, () => {
        request.destroy(new Error('it does not answer in time (--timeout)'));
      });
    },
  );
  try {
    const answer = await Promise.race([answered, sent.then(() => answered)]);
    const text = await textOf(answer);
    const fields = Object.entries(answer.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    return {
      response: new Response(null, { status: answer.statusCode ?? 0, headers: fields }),
      text,
    };
  } finally {
    answered.catch(() => undefined);
    sent.catch(() => undefined);
    enough.abort();
    request.destroy();
  }
}
