/**
 * Why an address cannot be listened on, as a sentence; undefined for any other error.
 * @param variable which one names the port
 */
export function listenRefusal(error: unknown, variable = 'PORT'): string | undefined {
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
      return `Something else listens on ${where} already: stop it, or set ${variable} to another number.`;
    case 'EACCES':
      return `This user may not listen on ${where}: set ${variable} to a number above 1023.`;
    case 'EADDRNOTAVAIL':
      return `HOST is no address of this machine: ${address}.`;
    default:
      return `Cannot listen on ${where} (${error.message}).`;
  }
}
