/** Whatever runs SQL and returns rows: TypeORM's data source, query runner or entity manager. */
export interface Queryable {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/** The rows of a query; what is in them is the caller's knowledge. */
export async function rowsOf<Row>(
  queryable: Queryable,
  sql: string,
  parameters?: unknown[],
): Promise<Row[]> {
  return (await queryable.query(sql, parameters)) as Row[];
}
