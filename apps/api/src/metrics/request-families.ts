import { counter, type Family, gauge, histogram } from '#observability';
import { type RequestCounts } from '../http/request-counts.js';

/** What is known only to whoever builds the application. */
export interface DoorMeasures {
  readonly requests: RequestCounts;
  /** How many clients are connected. */
  readonly connections: () => number;
  /** Whether everything is refused until somebody has migrated the database. */
  readonly migrationsPending: () => boolean;
}

/** What clients ask, and how long they wait. */
export function requestFamilies({ requests, connections }: DoorMeasures): Family[] {
  return [
    counter(
      'tempora_http_requests_total',
      'Requests by route, method and status; `aborted` where the client went before the answer was sent.',
      () =>
        requests.all.flatMap(({ method, route, statuses }) =>
          [...statuses].map(
            ([status, count]) => [{ method, route, status: String(status) }, count] as const,
          ),
        ),
    ),
    histogram(
      'tempora_http_request_duration_seconds',
      'From the arrival of a request to the end of its answer, seconds.',
      () =>
        requests.all.map(({ method, route, durations }) => [{ method, route }, durations] as const),
    ),
    gauge(
      'tempora_http_requests_in_flight',
      'Requests that are not answered yet.',
      () => requests.inFlight,
    ),
    gauge('tempora_http_connections', 'Clients that are connected.', connections),
  ];
}
