import { isOpenEnd, type Moment } from '#iov';
import { type Resolution, type TimelinePayload, type Window } from '#timeline';

/** The core of the native answer, as `RESOLVE_TAG` writes it. */
export function resolvedJson(
  { payloads, missing }: Resolution,
  listNames: ReadonlyMap<bigint, string>,
  payloadType: string | undefined,
): string {
  if (payloads.length + missing.length === 0 && payloadType !== undefined) {
    return missingJson(payloadType);
  }
  const found = payloads.map(
    (payload) => `${JSON.stringify(payload.list.payloadType)}:${payloadObject(payload, listNames)}`,
  );
  return `"payloads":{${found.join(',')}},"missing":${JSON.stringify(missing.map(({ payloadType }) => payloadType))}`;
}

/** The core of the answer of a tag that has no list of the one type that is asked for. */
export function missingJson(payloadType: string): string {
  return `"payloads":{},"missing":${JSON.stringify([payloadType])}`;
}

/** A payload as `PAYLOAD_OBJECT` writes it. */
export function payloadObject(
  payload: TimelinePayload,
  listNames: ReadonlyMap<bigint, string>,
): string {
  const [, url = '', checksum = '', size = '', , , , , revision = ''] = payload.fields();
  const list = JSON.stringify(listNames.get(payload.list.id));
  const { id, start, end } = payload;
  return (
    `{"id":${id},"payload_list":${list},"payload_url":${url},"checksum":${checksum},` +
    `"size":${size},"revision":${revision},"from":${momentJson(start)},` +
    `"until":${isOpenEnd(end) ? 'null' : momentJson(end)}}`
  );
}

export function windowJson({ from, until }: Window): string {
  return `{"from":${momentJson(from)},"until":${until === null ? 'null' : momentJson(until)}}`;
}

export function momentJson({ major, minor }: Moment): string {
  return `{"major":${major},"minor":${minor}}`;
}
