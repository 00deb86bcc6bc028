import { type Argument, type Command, type Option } from 'commander';

/** What the word that is being typed can be. */
export type WantedWord =
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  | { readonly kind: 'tag' | 'type' | 'file' | 'anything' };

interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** By what a value is called in the help: `<tag>`, `[files...]`. */
const KINDS: Readonly<Record<string, 'tag' | 'type' | 'file'>> = {
  tag: 'tag',
  first: 'tag',
  second: 'tag',
  type: 'type',
  file: 'file',
  files: 'file',
  folder: 'file',
};

/**
 * Follows what was typed so far through the commands and their options.
 * @param words what stands after `tempora`; the last one is being typed, and may be empty
 */
export function wantedWord(program: Command, words: readonly string[]): WantedWord {
  let command = program;
  let place = 0;
  let valueOf: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (valueOf !== undefined) {
      valueOf = undefined;
      continue;
    }
    const option = optionsOf(command).find(({ short, long }) => word === short || word === long);
    if (option !== undefined) {
      if (option.required || option.optional) valueOf = option;
      continue;
    }
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) place++;
    else [command, place] = [next, 0];
  }
  if (valueOf !== undefined) return valueKind(valueOf);
  if ((words.at(-1) ?? '').startsWith('-')) {
    return choice(optionsOf(command).map((option) => [option.long ?? '', option.description]));
  }
  const shown = command.createHelp().visibleCommands(command);
  if (shown.length > 0) {
    return choice(shown.map((candidate) => [candidate.name(), candidate.description()]));
  }
  const argument = command.registeredArguments[place] ?? command.registeredArguments.at(-1);
  return argument === undefined ? { kind: 'anything' } : argumentKind(argument);
}

function optionsOf(command: Command): Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

function valueKind(option: Option): WantedWord {
  const name = option.name();
  if (name === 'tag' || name === 'type') return { kind: name };
  const value = /[<[](\w+)/.exec(option.flags)?.[1] ?? '';
  return { kind: value === 'name' ? 'anything' : (KINDS[value] ?? 'anything') };
}

function argumentKind(argument: Argument): WantedWord {
  if (argument.argChoices !== undefined)
    return choice(argument.argChoices.map((word) => [word, '']));
  return { kind: KINDS[argument.name()] ?? 'anything' };
}

function choice(words: readonly (readonly [string, string])[]): WantedWord {
  return {
    kind: 'words',
    words: words.map(([word, text]) => ({ word, description: text.split('\n')[0] ?? '' })),
  };
}
