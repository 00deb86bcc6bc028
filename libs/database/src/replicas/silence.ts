const TICK_MS = 100;

/** What a server that is asked does, milliseconds. */
export interface Patience {
  /** since it was asked */
  readonly waited: number;
  /** since anything was read from it */
  readonly silent: number;
}

/**
 * Tells ten times a second how long a server says nothing. Time in which this process was busy itself
 * does not count: it has not listened.
 *
 * @param bytesRead from that server, on whatever connections; never less than before
 * @returns ends it
 */
export function listenFor(bytesRead: () => number, told: (patience: Patience) => void): () => void {
  let read = bytesRead();
  let [waited, silent] = [0, 0];
  const timer = setInterval(() => {
    const now = bytesRead();
    waited += TICK_MS;
    silent = now === read ? silent + TICK_MS : 0;
    read = now;
    told({ waited, silent });
  }, TICK_MS);
  return () => {
    clearInterval(timer);
  };
}
