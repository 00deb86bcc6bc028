/**
 * Clients that come within some seconds, each on a new connection: globalTags, then payloadiovs/ of a
 * moment that nobody else asks for. They are dealt out to the pods in turn. A pod is one processor that
 * takes one thing after another. What it does not hold it asks on one of its connections, for which
 * a question waits so long and no longer; PostgreSQL is some processors that take one question each.
 */
export function herd(measured, options) {
  const { clients, seconds, pods, memory = true, cold = false, databaseCores = 1 } = options;
  const { tries, sleepSeconds } = measured.client;
  const [shortest, longest] = sleepSeconds;
  const random = seeded(4711);
  const world = {
    measured,
    heldFrom: memory ? (cold ? measured.load.seconds : 0) : Infinity,
    pods: Array.from({ length: pods }, () => ({
      free: 0,
      connections: Array.from({ length: measured.settings.poolSize }, () => 0),
    })),
    cores: Array.from({ length: databaseCores }, () => 0),
  };
  const waiting = new Arrivals();
  for (let i = 0; i < clients; i++) waiting.add({ at: random() * seconds, came: 0, tried: 0 });
  const took = [];
  let told504 = 0;
  let gaveUp = 0;
  for (let turn = 0, client = waiting.next(); client; turn++, client = waiting.next()) {
    if (client.tried === 0) client.came = client.at;
    client.tried++;
    const answered = ask(world, world.pods[turn % pods], client);
    if (answered !== undefined) {
      took.push(answered - client.came);
      continue;
    }
    told504++;
    const wait = measured.settings.poolWaitSeconds + shortest + random() * (longest - shortest);
    if (client.tried < tries) waiting.add({ ...client, at: client.at + wait });
    else gaveUp++;
  }
  took.sort((a, b) => a - b);
  const part = (share) => took[Math.min(took.length - 1, Math.floor(share * took.length))] ?? 0;
  return { p50: part(0.5), p99: part(0.99), last: took.at(-1) ?? 0, told504, gaveUp };
}

/** When a client has its second answer; undefined: it is told to come again. */
function ask({ measured, heldFrom, cores }, pod, { at, tried }) {
  const { memory, sql, connect, settings } = measured;
  const begin = Math.max(at, pod.free);
  // The connection is kept for the next try.
  pod.free = begin + (memory.apiUs + (tried === 1 ? connect.apiUs : 0)) / 1e6;
  if (pod.free >= heldFrom) {
    pod.free += memory.apiUs / 1e6;
    return pod.free;
  }
  const asked = pod.free;
  const connection = earliest(pod.connections);
  if (pod.connections[connection] - asked > settings.poolWaitSeconds) return undefined;
  const core = earliest(cores);
  const started = Math.max(asked, pod.connections[connection], cores[core]);
  cores[core] = started + sql.databaseUs / 1e6;
  pod.connections[connection] = cores[core];
  pod.free += sql.apiUs / 1e6;
  return Math.max(cores[core], pod.free);
}

function earliest(times) {
  let first = 0;
  for (let i = 1; i < times.length; i++) if (times[i] < times[first]) first = i;
  return first;
}

/** Who comes next, of all that are to come: a binary heap. */
class Arrivals {
  #heap = [];

  add(client) {
    const heap = this.#heap;
    let i = heap.push(client) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (heap[parent].at <= heap[i].at) return;
      [heap[parent], heap[i]] = [heap[i], heap[parent]];
      i = parent;
    }
  }

  next() {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (heap.length > 0) {
      heap[0] = last;
      for (let i = 0; ;) {
        let least = i;
        for (const child of [2 * i + 1, 2 * i + 2]) {
          if (child < heap.length && heap[child].at < heap[least].at) least = child;
        }
        if (least === i) break;
        [heap[least], heap[i]] = [heap[i], heap[least]];
        i = least;
      }
    }
    return first;
  }
}

/** In [0, 1), the same numbers each time (mulberry32). */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
