import { type OpenDatabase } from './open-database.js';

/** What `npm start` prints when it is ready: where to go, and a question to try. */
export function welcome(
  url: string,
  { connection, embedded }: OpenDatabase,
  demo: boolean,
): string {
  const data = embedded
    ? 'embedded PostgreSQL'
    : `PostgreSQL at ${connection.host}:${connection.port}/${connection.database}`;
  const question = demo
    ? `${url}/api/v1/global-tags/DEMO_2026_online/payloads/at?major=0&minor=1250`
    : `${url}/api/v1/global-tags`;
  return `
Tempora is ready (${data}).

  Swagger UI     ${url}/api/docs
  Native API     ${url}/api/v1
  Drop-in API    ${url}/api/cdb_rest
  Health         ${url}/health/ready

Which payloads are valid? Ask:

  curl '${question}'
`;
}
