/** Where a PostgreSQL database is and who asks it. */
export interface DatabaseConnection {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
}

/** Where progress and warnings for the operator go, one sentence each. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
}
