import { type IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddress from '@fastify/proxy-addr';

/** Tells from where a request comes; undefined once its connection is gone. */
export type ClientAddress = (request: IncomingMessage) => string | undefined;

/**
 * @param trustedProxies whose header `X-Forwarded-For` is believed: of the addresses in it the last
 *   one that is none of theirs. Without any, the address at the other end of the connection.
 */
export function clientAddress(trustedProxies: readonly string[]): ClientAddress {
  if (trustedProxies.length === 0) return ({ socket }) => socket.remoteAddress;
  const trust = proxyAddress.compile([...trustedProxies]);
  return (request) => {
    const { remoteAddress } = request.socket;
    if (remoteAddress === undefined) return undefined;
    const address = proxyAddress(request, trust);
    return isIP(address) === 0 ? remoteAddress : address;
  };
}
