import { Argument, type Command } from 'commander';
import { SHELL_SCRIPTS, type Shell } from '../completion/shell-scripts.js';
import { wantedWord } from '../completion/wanted-word.js';
import { withExamples } from '../examples.js';
import { query } from '../http/api-path.js';
import { type ApiClient } from '../http/api-client.js';
import { list, object, text } from '../http/shape.js';
import { type OpenSession } from '../session.js';
import { plainText } from '../terminal/plain-text.js';

/** Nobody waits longer for a name, seconds. */
const PATIENCE = 2;

const Named = object({ items: list(object({ name: text })) });

export function addCompletion(program: Command, open: OpenSession): void {
  const command = program
    .command('completion')
    .description(
      'Print what makes a shell complete commands, options and names.\n\n' +
        'bash: eval "$(tempora completion bash)" in ~/.bashrc; zsh: the same in ~/.zshrc, after compinit; ' +
        'fish: tempora completion fish > ~/.config/fish/completions/tempora.fish. Global tags and payload ' +
        'types are asked from the server. The program must be found as tempora.',
    )
    .addArgument(new Argument('<shell>', 'which').choices(Object.keys(SHELL_SCRIPTS)))
    .action(async (shell: Shell, _options: object, called: Command) => {
      await open(called).output.write(SHELL_SCRIPTS[shell]);
    });
  withExamples(command, 'tempora completion bash');

  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[], _options: object, called: Command) => {
      const server = words.indexOf('--server');
      if (server >= 0 && server < words.length - 2) {
        program.setOptionValue('server', words[server + 1]);
      }
      program.setOptionValue('timeout', PATIENCE);
      const { output } = open(called);
      const begun = words.at(-1) ?? '';
      for (const line of await candidates(program, words, begun, () => open(called).api)) {
        await output.write(`${line}\n`);
      }
    });
}

async function candidates(
  program: Command,
  words: readonly string[],
  begun: string,
  api: () => ApiClient,
): Promise<string[]> {
  const wanted = wantedWord(program, words);
  switch (wanted.kind) {
    case 'file':
      return [':files'];
    case 'words':
      return wanted.words
        .filter(({ word }) => word.startsWith(begun))
        .map(({ word, description }) => `${word}\t${description}`);
    case 'tag':
    case 'type': {
      const names = wanted.kind === 'tag' ? 'global-tags' : 'payload-types';
      // No server, no names: nobody has asked for a sentence.
      const found = await api()
        .get(`${names}${query({ search: begun || undefined, page_size: 100 })}`, Named)
        .catch(() => ({ items: [] }));
      return found.items
        .map(({ name }) => plainText(name))
        .filter((name) => name.startsWith(begun));
    }
    case 'anything':
      return [];
  }
}
