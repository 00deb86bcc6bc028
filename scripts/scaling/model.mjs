/**
 * How pods, replicas and caches add up: `npm run model:scaling`. A calculation and a discrete-event
 * simulation on the figures in measured.json; the same output each time, as it stands in
 * docs/scaling.md. Nothing is started or asked.
 */
import { readFileSync } from 'node:fs';
import { herd } from './herd.mjs';
import { markdownTable } from './markdown-table.mjs';

const measured = JSON.parse(readFileSync(new URL('measured.json', import.meta.url), 'utf8'));
const { memory, sql, answer, small, utilisation } = measured;
const count = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const perSecond = (us) => (1e6 / us) * utilisation.most;
const gigabits = (bytes) => ((bytes * 8) / 1e9).toFixed(2);

console.log(
  [
    '#### What one pod and one core of PostgreSQL answer',
    onePod(),
    '#### 100,000 cores at work',
    atWork(100_000),
    '#### Out of nowhere',
    outOfNowhere(),
    '#### 20 sites, each behind a squid',
    behindSquids({ sites: 20, jobs: 5_000, runs: 500 }),
  ].join('\n\n'),
);

function onePod() {
  const pod = perSecond(memory.apiUs);
  const rows = [
    ['a pod (one core), from memory', count.format(pod), gigabits(pod * answer.bytes)],
    [
      'a pod, what SQL answers',
      count.format(perSecond(sql.apiUs)),
      gigabits(perSecond(sql.apiUs) * answer.bytes),
    ],
    ['a core of PostgreSQL, by SQL', count.format(perSecond(sql.databaseUs)), '–'],
  ];
  return markdownTable([`at ${utilisation.most * 100} % of a core`, 'answers/s', 'Gbit/s'], rows);
}

/** Each job asks for a run (globalTags, payloadiovs/) once in a while, on a kept connection. */
function atWork(jobs) {
  const rows = [600, 60, 10, 1].map((everySeconds) => {
    const asked = jobs / everySeconds;
    const us = 2 * memory.apiUs;
    const bySql = (asked * sql.databaseUs) / 1e6 / utilisation.most;
    return [
      `${everySeconds} s`,
      count.format(2 * asked),
      count.format(Math.ceil((asked * us) / 1e6 / utilisation.most)),
      gigabits(asked * (answer.bytes + small.bytes)),
      bySql.toFixed(1),
    ];
  });
  const headers = [
    'each asks every',
    'requests/s',
    'pods, from memory',
    'Gbit/s',
    'cores of PostgreSQL, if by SQL',
  ];
  return markdownTable(headers, rows);
}

function outOfNowhere() {
  const cases = [
    { what: '5,000 clients in 1 s, tag in memory', clients: 5_000, seconds: 1, pods: [1, 2, 4] },
    {
      what: '5,000 clients in 1 s, pods just started, 4 cores of PostgreSQL',
      clients: 5_000,
      seconds: 1,
      pods: [2, 4],
      cold: true,
      databaseCores: 4,
    },
    {
      what: '5,000 clients in 1 s, by SQL only, 4 cores',
      clients: 5_000,
      seconds: 1,
      pods: [4],
      memory: false,
      databaseCores: 4,
    },
    {
      what: 'the same, and 2 replicas of 4 cores',
      clients: 5_000,
      seconds: 1,
      pods: [4],
      memory: false,
      databaseCores: 12,
    },
    {
      what: '100,000 clients in 10 s, tag in memory',
      clients: 100_000,
      seconds: 10,
      pods: [2, 4, 8],
    },
    {
      what: '100,000 clients in 10 s, by SQL only, 4 cores',
      clients: 100_000,
      seconds: 10,
      pods: [8],
      memory: false,
      databaseCores: 4,
    },
  ];
  const rows = cases.flatMap(({ what, pods, ...each }) =>
    pods.map((number) => {
      const { p50, p99, last, told504, gaveUp } = herd(measured, { ...each, pods: number });
      const times = [p50, p99, last].map((time) => time.toFixed(time < 10 ? 2 : 0));
      return [what, String(number), ...times, count.format(told504), count.format(gaveUp)];
    }),
  );
  return markdownTable(['', 'pods', 'p50 s', 'p99 s', 'the last, s', '504s', 'gave up'], rows);
}

/** Every job asks for globalTags and for one of the runs that its site works on. */
function behindSquids({ sites, jobs, runs }) {
  const all = sites * jobs;
  const distinct = sites * runs;
  const row = (what, answers, smalls) => [
    what,
    count.format(answers + smalls),
    gigabits((answers * answer.bytes + smalls * small.bytes) / 60),
    (((answers + smalls) * memory.apiUs) / 60e6).toFixed(2),
  ];
  const rows = [
    row('no cache', all, all),
    row('squid, tag that can change: asked each time, 304', distinct, all - distinct + all),
    row('squid, frozen tag: asked once for each run', distinct, all),
    row('the same, and globalTags kept for a minute by rule', distinct, sites),
  ];
  const headers = [
    `${count.format(all)} jobs start within a minute`,
    'requests to the service',
    'Gbit/s',
    'cores of pods',
  ];
  return markdownTable(headers, rows);
}
