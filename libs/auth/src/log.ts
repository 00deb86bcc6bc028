/** Where sentences for the operator go. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
}
