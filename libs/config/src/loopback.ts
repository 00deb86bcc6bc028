import { BlockList, isIPv4, isIPv6 } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether only this machine reaches a host: `localhost`, 127.0.0.0/8, ::1. Other names are not looked up. */
export function isLoopback(host: string): boolean {
  const address = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  if (isIPv4(address)) return LOOPBACK.check(address, 'ipv4');
  if (isIPv6(address)) return LOOPBACK.check(address, 'ipv6');
  return address.toLowerCase() === 'localhost';
}
