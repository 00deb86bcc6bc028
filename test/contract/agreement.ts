import { type JsonObject } from '../json.js';
import { type Exchange } from './recorded-exchanges.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/;
const GENERATED_NAME = /\b([A-Za-z]+)_(\d+)\b/;
const STATUSES = ['unlocked', 'locked', 'frozen'];

/** Which of our numbers stand for which of the recorded ones, per kind of thing. */
type Correspondence = ReadonlyMap<string, string>;

/** Tells whether answers agree with recorded ones; README.md has the rules. */
export class Agreement {
  private correspondence: Correspondence = new Map();

  /** What is wrong with our answer to an exchange, in a sentence; undefined if nothing is. */
  complaint({ path, response }: Exchange, answer: unknown): string | undefined {
    const inOrder = /[?&]page=/.test(path);
    const wholly = /PayloadLists/.test(path);
    const comparison = new Comparison(this.correspondence, inOrder, wholly);
    const complaint = comparison.compare(corrected(response), answer, 'answer');
    this.correspondence = comparison.correspondence;
    return complaint;
  }
}

/** One attempt: what it learns of the correspondence counts only if it succeeds. */
class Comparison {
  readonly correspondence: Map<string, string>;

  constructor(
    correspondence: Correspondence,
    private readonly inOrder: boolean,
    private readonly wholly: boolean,
  ) {
    this.correspondence = new Map(correspondence);
  }

  compare(expected: unknown, actual: unknown, at: string): string | undefined {
    if (typeof expected === 'string') return this.compareText(expected, actual, at);
    if (Array.isArray(expected)) {
      if (!Array.isArray(actual)) return `${at} is no list`;
      if (actual.length !== expected.length) return `${at} has ${actual.length} elements`;
      const isRow = typeof expected[0] !== 'object';
      return this.inOrder || isRow
        ? this.compareInOrder(expected, actual, at)
        : this.compareAsSets(expected, actual, at);
    }
    if (typeof expected === 'object' && expected !== null) {
      if (typeof actual !== 'object' || actual === null) return `${at} is no object`;
      return this.compareObjects(expected as JsonObject, actual as JsonObject, at);
    }
    return expected === actual
      ? undefined
      : `${at} is ${String(actual)} instead of ${String(expected)}`;
  }

  private compareText(expected: string, actual: unknown, at: string): string | undefined {
    if (typeof actual !== 'string') return `${at} is ${String(actual)}, no text`;
    if (TIME.test(expected)) return TIME.test(actual) ? undefined : `${at} is no time: ${actual}`;
    const [theirs, ours] = [GENERATED_NAME.exec(expected), GENERATED_NAME.exec(actual)];
    if (theirs?.[2] === undefined || ours?.[2] === undefined) {
      return actual === expected ? undefined : `${at} is "${actual}" instead of "${expected}"`;
    }
    const renamed = actual.replace(GENERATED_NAME, `${String(ours[1])}_${theirs[2]}`);
    if (renamed !== expected) return `${at} is "${actual}" instead of "${expected}"`;
    return this.correspond('list', theirs[2], ours[2], at);
  }

  private compareObjects(expected: JsonObject, actual: JsonObject, at: string): string | undefined {
    const extra = Object.keys(actual).filter((key) => !(key in expected));
    if (this.wholly && extra.length > 0) return `${at} has ${extra.join()}, too`;
    for (const [key, value] of Object.entries(expected)) {
      const where = `${at}.${key}`;
      if (!(key in actual)) return `${where} is missing`;
      const kind = numberedThing(key, expected);
      const complaint =
        kind === undefined
          ? this.compare(value, actual[key], where)
          : this.correspond(kind, value, actual[key], where);
      if (complaint !== undefined) return complaint;
    }
    return undefined;
  }

  private compareInOrder(expected: unknown[], actual: unknown[], at: string): string | undefined {
    for (const [index, value] of expected.entries()) {
      const complaint = this.compare(value, actual[index], `${at}[${index}]`);
      if (complaint !== undefined) return complaint;
    }
    return undefined;
  }

  private compareAsSets(expected: unknown[], actual: unknown[], at: string): string | undefined {
    const left = [...actual];
    for (const value of expected) {
      const complaints = left.map((each, index) => {
        const attempt = new Comparison(this.correspondence, this.inOrder, this.wholly);
        const complaint = attempt.compare(value, each, `${at}[${index}]`);
        return { complaint, attempt, index };
      });
      const match = complaints.find(({ complaint }) => complaint === undefined);
      if (match === undefined) {
        return `nothing in ${at} agrees with ${JSON.stringify(value)}: ${complaints.map(({ complaint }) => complaint).join('; ')}`;
      }
      for (const pair of match.attempt.correspondence) this.correspondence.set(...pair);
      left.splice(match.index, 1);
    }
    return undefined;
  }

  private correspond(kind: string, theirs: unknown, ours: unknown, at: string): string | undefined {
    if (!/^\d+$/.test(String(ours))) return `${at} is ${String(ours)}, no number`;
    const known = this.correspondence.get(`their ${kind} ${String(theirs)}`);
    const taken = this.correspondence.get(`our ${kind} ${String(ours)}`);
    if ((known ?? String(ours)) !== String(ours) || (taken ?? String(theirs)) !== String(theirs)) {
      return `${at} is the ${kind} ${String(ours)}, which is not their ${String(theirs)}`;
    }
    this.correspondence.set(`their ${kind} ${String(theirs)}`, String(ours));
    this.correspondence.set(`our ${kind} ${String(ours)}`, String(theirs));
    return undefined;
  }
}

/** What kind of thing a field of an object numbers; undefined if it numbers none. */
function numberedThing(field: string, object: JsonObject): string | undefined {
  if (field === 'status' && typeof object['status'] === 'number') return 'status';
  if (field !== 'id') return undefined;
  if ('payload_url' in object) return 'payload';
  if ('payload_type' in object) return 'list';
  if ('author' in object) return 'tag';
  return STATUSES.includes(String(object['name'])) ? 'status' : 'type';
}

/** A recorded answer without the two mistakes of the reference. */
function corrected(response: unknown): unknown {
  if (response === 'Payload Type Beam_1 deleted.') return 'Payload List Beam_1 deleted.';
  if (Array.isArray(response)) {
    const row = response.map(corrected);
    return row[1] === 'c1.root' ? row.with(3, 1234) : row;
  }
  if (typeof response !== 'object' || response === null) return response;
  const fields = Object.entries(response).map(([key, value]) => [key, corrected(value)] as const);
  const isSized = 'size' in response && 'payload_url' in response;
  return {
    ...Object.fromEntries(fields),
    ...(isSized && response.payload_url === 'c1.root' ? { size: 1234 } : {}),
  };
}
