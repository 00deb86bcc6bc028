import { type Client } from 'pg';

/**
 * What is asked on a connection, if its server answers in time; else the connection is cut, and the
 * asking fails as one whose connection is lost.
 */
export async function answerWithin<T>(
  ms: number,
  client: Pick<Client, 'connection'>,
  asking: Promise<T>,
): Promise<T> {
  const patience = setTimeout(() => client.connection.stream.destroy(), ms);
  try {
    return await asking;
  } finally {
    clearTimeout(patience);
  }
}
