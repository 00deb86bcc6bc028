/** For the help of commands that work on a database. */
export const DATABASE_HELP =
  'The database is named by the variables of the service (POSTGRES_HOST_W, CDB_PRIMARY_URL, …); without ' +
  'them it is the embedded one in CDB_DATA_DIR (.data, if there is one). A server that runs on an ' +
  'embedded one must be stopped first.';
