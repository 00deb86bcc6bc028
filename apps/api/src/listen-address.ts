import { type AddressInfo } from 'node:net';
import { isLoopback } from '#config';

/** The warning of a service that asks nobody who they are: who can write then. */
export function openToAnybody(listening: AddressInfo | string | null): string {
  const others =
    listening !== null && typeof listening !== 'string' && !isLoopback(listening.address)
      ? listening.address
      : undefined;
  return others === undefined
    ? 'There is no authentication: everybody on this machine may write (docs/authentication.md)'
    : `HOST lets others than this machine in (${others}), and there is no authentication: everybody ` +
        'who reaches it may write (docs/authentication.md)';
}
