import { isIP } from 'node:net';

const PRIVATE_NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];

/** An address, a network (`10.0.0.0/8`, `fd00::/8`), or the name of some. */
export function isNetwork(text: string): boolean {
  if (PRIVATE_NETWORKS.includes(text)) return true;
  const [address = '', prefix, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}

/** An origin as browsers send it (`https://conditions.example.org`), or `*`. */
export function isOrigin(text: string): boolean {
  return (
    text === '*' || (/^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text)
  );
}
