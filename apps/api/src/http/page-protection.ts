import { createHash } from 'node:crypto';
import { type FastifyInstance, type FastifyReply, type RouteOptions } from 'fastify';

const PROTECTION = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const STYLE = /<style>([^]*?)<\/style>/g;
const STYLE_ATTRIBUTE = /\sstyle="([^"]*)"/g;

/**
 * Protects the pages below one prefix: nothing is loaded from elsewhere, no script stands in a page,
 * nobody may show them in a frame. To be called before their routes are added; others cost nothing.
 */
export function protectPages(fastify: FastifyInstance, prefix: string): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url === prefix || route.url.startsWith(`${prefix}/`)) protect(route);
  });
}

function protect(route: RouteOptions): void {
  route.onSend = async (_request: unknown, reply: FastifyReply, payload: unknown) => {
    void reply.headers(PROTECTION);
    if (!String(reply.getHeader('content-type')).startsWith('text/html')) return payload;
    const page = typeof payload === 'string' ? payload : '';
    void reply.header('content-security-policy', policy(page));
    return payload;
  };
}

/** Only the styles that stand in the page itself are let in beside files of this server. */
function policy(page: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' ${hashes(page, STYLE)}`,
    `style-src-attr 'unsafe-hashes' ${hashes(page, STYLE_ATTRIBUTE)}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function hashes(page: string, pattern: RegExp): string {
  return [...page.matchAll(pattern)]
    .map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
    .join(' ');
}
