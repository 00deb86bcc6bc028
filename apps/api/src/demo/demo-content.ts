import { createHash } from 'node:crypto';
import { OPEN_END } from '#iov';
import { type TypedPayload } from '../payload-iov/payload-iov.service.js';

/** A small experiment with a test beam's worth of runs: major is 0, minor is the run. */

export const DEMO_PAYLOAD_TYPES: Readonly<Record<string, string>> = {
  BeamSpot: 'Position and width of the luminous region',
  BeamEnergy: 'Energies of both beams',
  MagneticField: 'Scale of the solenoid field map',
  TPC_DriftVelocity: 'Drift velocity from laser tracks',
  TPC_GainMap: 'Gain of each pad',
  EMCal_Pedestals: 'Pedestals of the electromagnetic calorimeter',
  EMCal_Gains: 'Gains of the electromagnetic calorimeter',
  HCal_Gains: 'Gains of the hadronic calorimeter',
  Tracker_Alignment: 'Positions of the silicon modules',
  Tracker_DeadChannels: 'Channels that do not answer',
  Trigger_Prescales: 'Prescale of each trigger path',
  Luminosity: 'Integrated luminosity, filled in after each block of runs',
};

export interface DemoTag {
  readonly name: string;
  readonly status: 'unlocked' | 'locked' | 'frozen';
  readonly author: string;
  readonly description: string;
  readonly firstRun: number;
  readonly lastRun: number;
  readonly revision: number;
}

export const DEMO_TAGS: readonly DemoTag[] = [
  {
    name: 'DEMO_2026_online',
    status: 'unlocked',
    author: 'calibration group',
    description: 'The running year: calibrations arrive as they are made',
    firstRun: 1000,
    lastRun: 2000,
    revision: 1,
  },
  {
    name: 'DEMO_2025_reprocessing',
    status: 'locked',
    author: 'production manager',
    description: 'Last year, second pass: may only grow',
    firstRun: 500,
    lastRun: 1000,
    revision: 2,
  },
  {
    name: 'DEMO_2024_publication',
    status: 'frozen',
    author: 'production manager',
    description: 'What the first paper used: never changes again',
    firstRun: 100,
    lastRun: 500,
    revision: 5,
  },
];

/** How many runs a payload of each type lasts; the last one is open-ended. */
const RUNS_PER_PAYLOAD: readonly number[] = [
  50, 500, 1000, 40, 200, 50, 100, 100, 250, 25, 80, 100,
];

/** The payloads of a demo tag, in the order in which they were made. */
export function demoPayloads(tag: DemoTag): TypedPayload[] {
  const payloads = Object.keys(DEMO_PAYLOAD_TYPES).flatMap((type, index) =>
    series(type, tag, RUNS_PER_PAYLOAD[index] ?? 100),
  );
  return [...payloads, ...corrections(tag)];
}

/** One payload after the other. Luminosity has gaps: it is only known for whole blocks of runs. */
function series(type: string, tag: DemoTag, runs: number): TypedPayload[] {
  const payloads: TypedPayload[] = [];
  for (let run = tag.firstRun; run < tag.lastRun; run += runs) {
    const last = run + runs >= tag.lastRun;
    const until = type === 'Luminosity' ? run + Math.round(runs * 0.8) : run + runs;
    payloads.push(payload(type, run, last && type !== 'Luminosity' ? null : until, tag.revision));
  }
  return payloads;
}

/** What was found wrong and made again: each supersedes, trims or splits what was there. */
function corrections(tag: DemoTag): TypedPayload[] {
  const { firstRun, revision } = tag;
  return [
    payload('BeamSpot', firstRun + 200, firstRun + 250, revision + 1),
    payload('EMCal_Gains', firstRun + 120, firstRun + 160, revision + 1),
    payload('Tracker_DeadChannels', firstRun + 40, firstRun + 110, revision + 1),
    payload('TPC_GainMap', firstRun + 150, firstRun + 350, revision + 1),
  ];
}

function payload(type: string, run: number, until: number | null, revision: number): TypedPayload {
  const payloadUrl = `demo/${type}/run${String(run).padStart(6, '0')}_v${revision}.root`;
  const checksum = createHash('md5').update(payloadUrl).digest('hex');
  return {
    payloadType: type,
    payload: {
      payloadUrl,
      checksum,
      size: BigInt(parseInt(checksum.slice(0, 4), 16) + 1024),
      revision: String(revision),
    },
    start: { major: 0n, minor: BigInt(run) },
    end: until === null ? OPEN_END : { major: 0n, minor: BigInt(until) },
    until: 'end',
  };
}
