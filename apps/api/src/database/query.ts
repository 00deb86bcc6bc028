import { type ClientBase, type CustomTypesConfig, type QueryResult, types } from 'pg';
import { takesNames } from '#database';
import type Cursor from 'pg-cursor';
import { type QueryWatch } from './query-watch.js';

/** A hand-tuned statement. Its name makes PostgreSQL prepare it once per connection, where it can. */
export interface Statement {
  readonly name?: string;
  /** What one without a name is called in measurements. */
  readonly label?: string;
  readonly text: string;
}

/** int8 as exact bigint; everything else as node-postgres reads it. */
const exactTypes: CustomTypesConfig = {
  getTypeParser: (oid, format): unknown =>
    oid === types.builtins.INT8 && format !== 'binary' ? BigInt : types.getTypeParser(oid, format),
};

const watches = new WeakMap<ClientBase, QueryWatch>();

/** From now on what is run on a connection is measured. */
export function watchQueries(client: ClientBase, watch: QueryWatch): void {
  watches.set(client, watch);
}

/** Runs one statement on one connection. */
export async function execute<R extends object>(
  client: ClientBase,
  { name, label, text }: Statement,
  values: readonly unknown[] = [],
): Promise<QueryResult<R>> {
  return measured(client, name ?? label, () =>
    client.query<R>({
      ...(name !== undefined && takesNames(client) ? { name } : {}),
      text,
      values: [...values],
      types: exactTypes,
    }),
  );
}

/** The next rows of a statement that is read by and by. */
export async function readOn<R extends object>(
  client: ClientBase,
  { name, label }: Statement,
  cursor: Cursor<R>,
  rows: number,
): Promise<R[]> {
  return measured(client, name ?? label, () => cursor.read(rows));
}

function measured<T>(client: ClientBase, query = 'other', work: () => Promise<T>): Promise<T> {
  const watch = watches.get(client);
  return watch === undefined ? work() : watch.run(query, work);
}
