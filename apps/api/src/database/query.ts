import { type ClientBase, type QueryResult, types } from 'pg';

/** A hand-tuned statement. Its name makes PostgreSQL prepare it once per connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
}

const INT8 = 20;

/** int8 as exact bigint; everything else as node-postgres reads it. */
const exactTypes = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? BigInt
      : types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser,
};

/** Runs one statement on one connection. */
export async function execute<R extends object>(
  client: ClientBase,
  statement: Statement,
  values: readonly unknown[] = [],
): Promise<QueryResult<R>> {
  return client.query<R>({ ...statement, values: [...values], types: exactTypes });
}
