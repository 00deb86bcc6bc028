/** Where a PostgreSQL database is and who asks it. */
export interface DatabaseConnection {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  /** Absent: not encrypted. */
  tls?: TlsRequirement;
}

/** What a server has to prove before anything is sent to it. */
export interface TlsRequirement {
  /** Nothing, that its certificate is signed by who we trust, or also that it is for this host. */
  verify: 'nothing' | 'certificate' | 'certificate and host';
  /** Whom we trust, PEM; absent: whom Node.js trusts. */
  ca?: string;
}

/** Where progress and warnings for the operator go, one sentence each. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
}
