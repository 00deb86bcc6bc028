/** Why an address cannot be listened on, as a sentence; undefined for any other error. */
export function listenRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  const { code, syscall } = error;
  const { address = '', port = '' } = error as { address?: string; port?: number };
  const where = `${address}:${port}`;
  if (syscall === 'getaddrinfo') {
    return `HOST is no address of this machine (${error.message}).`;
  }
  if (syscall !== 'listen') return undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `Something else listens on ${where} already: stop it, or set PORT to another number.`;
    case 'EACCES':
      return `This user may not listen on ${where}: set PORT to a number above 1023.`;
    case 'EADDRNOTAVAIL':
      return `HOST is no address of this machine: ${address}.`;
    default:
      return `Cannot listen on ${where} (${error.message}).`;
  }
}
