import { type Pool } from 'pg';

/** How busy the connections of a pool are. */
export interface PoolLoad {
  /** How many there may be. */
  readonly max: number;
  readonly used: number;
  readonly idle: number;
  /** How many wait for one. */
  readonly waiting: number;
}

export function poolLoad({ totalCount, idleCount, waitingCount, options }: Pool): PoolLoad {
  return {
    max: options.max,
    used: totalCount - idleCount,
    idle: idleCount,
    waiting: waitingCount,
  };
}
