export default async function globalTeardown() {
  const { closeSharedPostgres } = await import('./shared-postgres.ts');
  await closeSharedPostgres();
}
