/** Asks a server everything that clients ask, and compares two such sets of answers. */
import { isLosslessNumber, parse } from 'lossless-json';

const MAX = 2n ** 63n - 1n;

/** What to ask, made from what there is: every start and end of every tag, and what is beside it. */
export async function questions(base) {
  const ask = async (path) => (await answer(base, path)).body;
  const tags = (await ask('globalTags')).map(({ name }) => name);
  const paths = ['gtstatus', 'gt', 'globalTags', 'pt', 'pl', 'piov'];
  for (const tag of tags) {
    paths.push(`globalTag/${tag}`, `globalTag/${tag}?light`, `gtPayloadLists/${tag}`);
    const moments = new Map();
    const note = (major, minor) => {
      for (const near of [BigInt(minor) - 1n, BigInt(minor), BigInt(minor) + 1n]) {
        if (near >= 0n && near <= MAX) moments.set(`${major}.${near}`, [major, near]);
      }
    };
    for (const { payload_iov } of (await ask(`globalTag/${tag}`)).payload_lists) {
      for (const iov of payload_iov) {
        note(String(iov.major_iov), String(iov.minor_iov));
        note(String(iov.major_iov_end), String(iov.minor_iov_end));
      }
    }
    for (const [major, minor] of moments.values()) {
      const at = `gtName=${tag}&majorIOV=${major}&minorIOV=${minor}`;
      paths.push(`payloadiovs/?${at}`, `payloadiovs/?${at}&shape=dict`);
    }
  }
  return paths;
}

export async function answersOf(base, paths) {
  const answers = new Map();
  for (const path of paths) answers.set(path, await answer(base, path));
  return answers;
}

async function answer(base, path) {
  const response = await fetch(base + path);
  return { status: response.status, body: parse(await response.text()) };
}

/** Paths whose second answer lacks something of the first, and what. Order and more fields are free. */
export function differences(first, second) {
  return [...first].flatMap(([path, { status, body }]) => {
    const other = second.get(path);
    const what =
      status === other.status
        ? lacking(body, other.body, '')
        : `the status is ${other.status}, not ${status}`;
    return what === undefined ? [] : [{ path, what }];
  });
}

function lacking(wanted, got, where) {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(got) || got.length !== wanted.length) return `${where} has another length`;
    const [one, other] = [inOrder(wanted), inOrder(got)];
    return one.map((each, i) => lacking(each, other[i], `${where}[${i}]`)).find(Boolean);
  }
  if (isObject(wanted)) {
    if (!isObject(got)) return `${where} is no object`;
    return Object.keys(wanted)
      .map((key) => lacking(wanted[key], got[key], `${where}.${key}`))
      .find(Boolean);
  }
  return String(wanted) === String(got) ? undefined : `${where} is ${got}, not ${wanted}`;
}

const isObject = (value) =>
  typeof value === 'object' && value !== null && !isLosslessNumber(value) && !Array.isArray(value);

/** By what names a row: its id, its type, or itself. */
function inOrder(rows) {
  const key = (row) =>
    String(row?.id ?? row?.payload_type_name ?? (Array.isArray(row) ? row[0] : row));
  return rows.toSorted((a, b) => key(a).localeCompare(key(b)));
}
