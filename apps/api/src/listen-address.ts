import { type AddressInfo, BlockList } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** The warning where others than this machine can reach an address; this version knows no authentication. */
export function openToOthers(listening: AddressInfo | string | null): string | undefined {
  if (listening === null || typeof listening === 'string') return undefined;
  const { address, family } = listening;
  if (LOOPBACK.check(address, family === 'IPv6' ? 'ipv6' : 'ipv4')) return undefined;
  return (
    `HOST lets others than this machine in (${address}), and there is no authentication: ` +
    'everybody who reaches it may write. HOST=127.0.0.1 keeps them out'
  );
}
