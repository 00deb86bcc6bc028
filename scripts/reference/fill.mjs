/** What an experiment does to a Nopayloaddb in years, in a minute and by its own protocol. */
import { stringify } from 'lossless-json';

const MAX = 2n ** 63n - 1n;
const TYPES = ['BeamSpot', 'Alignment', 'Drift', 'HotMap', 'Magnet'];

export async function fill(base) {
  const { send, tag, list, insert } = client(base);
  // Their ids are in no usual order.
  for (const name of ['locked', 'unlocked', 'frozen']) await send('POST', 'gtstatus', { name });
  for (const name of TYPES) await send('POST', 'pt', { name });

  // Runs one after another, the last one open.
  await tag('Runs');
  for (const type of TYPES) {
    const into = await list('Runs', type);
    let run = 40_000;
    for (let n = 0; n < 30; n++) {
      const end = run + 5 + ((n * 37) % 80);
      await insert(into, `${type}/${n}.root`, [0, run], [0, end]);
      run = end;
    }
    await insert(into, `${type}/last.root`, [0, run]);
  }

  // Bulk loads: open ends that overlap, in no order.
  await tag('Bulk');
  for (const type of TYPES.slice(0, 3)) {
    const payload_list = await list('Bulk', type);
    const rows = Array.from({ length: 400 }, (_, n) => ({
      payload_list,
      payload_url: `bulk/${type}/${n}.root`,
      major_iov: 0,
      minor_iov: 10_000 + 7 * ((n * 163) % 400),
    }));
    for (const half of [rows.slice(0, 150), rows.slice(150)]) await send('POST', 'bulk_piov', half);
  }

  // Timestamps: from a major of 10^9 on it rounds comb_iov to 28 digits.
  await tag('Timestamps');
  const drift = await list('Timestamps', 'Drift');
  for (let n = 0; n < 20; n++) {
    const major = 1_700_000_000 + 3600 * n;
    await insert(drift, `ts/${n}.root`, [major, n], [major + 3600, n + 1]);
  }
  const payload_list = await list('Timestamps', 'Magnet');
  await send(
    'POST',
    'bulk_piov',
    [0n, 1n, 2n].map((n) => ({
      payload_list,
      payload_url: `ts/huge${n}.root`,
      major_iov: MAX - 5n,
      minor_iov: MAX - 20n + n,
    })),
  );

  // One of each status, an online tag, an empty one, a clone, and what belongs nowhere.
  for (const [name, status] of [
    ['Frozen', 'frozen'],
    ['Locked', 'locked'],
  ]) {
    await tag(name);
    const into = await list(name, 'Alignment');
    await insert(into, `${name}/a.root`, [0, 0], [0, 100]);
    await insert(into, `${name}/b.root`, [0, 200], [0, 300]);
    await send('PUT', `gt_change_status/${name}/${status}`);
  }
  await tag('Online');
  const online = await list('Online', 'HotMap');
  await insert(online, 'online/0.root', [0, 1]);
  await send('PUT', 'gt_change_status/Online/locked');
  for (let n = 1; n < 5; n++) await insert(online, `online/${n}.root`, [0, 50 * n]);
  await tag('Empty');
  await send('POST', 'cloneGlobalTag/Runs/Clone');
  await send('POST', 'pl', { payload_type: 'Magnet' });
  await insert(undefined, 'orphan.root', [1, 1]);
}

function client(base) {
  async function send(method, path, body) {
    const answer = await fetch(base + path, {
      method,
      ...(body === undefined ? {} : { body: stringify(body) }),
      headers: { 'content-type': 'application/json' },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 200)}`);
    return text === '' ? undefined : JSON.parse(text);
  }
  return {
    send,
    tag: (name) => send('POST', 'gt', { name, status: 'unlocked', author: 'calibrator' }),
    async list(global_tag, payload_type) {
      const { name: payload_list } = await send('POST', 'pl', { payload_type });
      await send('PUT', 'pl_attach', { global_tag, payload_list });
      return payload_list;
    },
    async insert(payload_list, payload_url, [major_iov, minor_iov], end) {
      const { id: piov_id } = await send('POST', 'piov', {
        payload_url,
        checksum: `checksum of ${payload_url}`,
        major_iov,
        minor_iov,
        ...(end === undefined ? {} : { major_iov_end: end[0], minor_iov_end: end[1] }),
      });
      if (payload_list !== undefined) await send('PUT', 'piov_attach', { payload_list, piov_id });
    },
  };
}
