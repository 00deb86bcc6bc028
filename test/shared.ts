/** Asks for what the tests of all files share; `shared-door.ts` makes it when it is first asked for. */
export async function shared(what: 'postgres' | 'sources'): Promise<unknown> {
  const answer = await fetch(`${process.env['TEMPORA_TEST_DOOR'] ?? ''}/${what}`);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}
