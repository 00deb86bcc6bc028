import { type Command } from 'commander';

const EXAMPLES = new WeakMap<Command, readonly string[]>();

/** Adds examples to the help of a command and to docs/cli.md; they work on the demo. */
export function withExamples(command: Command, ...examples: string[]): Command {
  EXAMPLES.set(command, examples);
  const lines = examples.map((example) => `  $ ${example}`).join('\n');
  return command.addHelpText('after', `\nExamples:\n${lines}`);
}

/** In the order in which they work. */
export function examplesOf(command: Command): readonly string[] {
  return EXAMPLES.get(command) ?? [];
}
