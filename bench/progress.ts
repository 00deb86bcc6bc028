/** Says what goes on. To stderr: stdout is for the tables. */
export function progress(message: string): void {
  process.stderr.write(`${new Date().toTimeString().slice(0, 8)}  ${message}\n`);
}
