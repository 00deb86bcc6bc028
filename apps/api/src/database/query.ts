import { type ClientBase, type CustomTypesConfig, type QueryResult, types } from 'pg';
import { takesNames } from '#database';

/** A hand-tuned statement. Its name makes PostgreSQL prepare it once per connection, where it can. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
}

/** int8 as exact bigint; everything else as node-postgres reads it. */
const exactTypes: CustomTypesConfig = {
  getTypeParser: (oid, format): unknown =>
    oid === types.builtins.INT8 && format !== 'binary' ? BigInt : types.getTypeParser(oid, format),
};

/** Runs one statement on one connection. */
export async function execute<R extends object>(
  client: ClientBase,
  statement: Statement,
  values: readonly unknown[] = [],
): Promise<QueryResult<R>> {
  const { name, text } = statement;
  const named = name !== undefined && takesNames(client) ? { name } : {};
  return client.query<R>({ ...named, text, values: [...values], types: exactTypes });
}
