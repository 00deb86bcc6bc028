import './register-typescript.mjs';

export default async function globalSetup() {
  const { openSharedPostgres } = await import('./shared-postgres.ts');
  await openSharedPostgres();
}
