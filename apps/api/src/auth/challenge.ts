/** What RFC 6750 allows in a quoted text. */
const FORBIDDEN = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;

/** The header `WWW-Authenticate`, RFC 6750, 3; without an error where nothing was tried yet. */
export function challenge(
  error?: 'invalid_token' | 'insufficient_scope',
  description = '',
): string {
  const scheme = 'Bearer realm="Tempora"';
  if (error === undefined) return scheme;
  return `${scheme}, error="${error}", error_description="${description.replace(FORBIDDEN, "'")}"`;
}
