import { textError } from './field-errors.js';

/** What no new name may have, and why. */
const FORBIDDEN: readonly [RegExp, string][] = [
  [/[/\\]/u, 'it separates the parts of paths'],
  [/[\p{Cc}\p{Zl}\p{Zp}]/u, 'it is a control character'],
  [/\p{Cf}/u, 'it is invisible, or turns the direction of what is around it'],
  [/(?! )\p{Zs}/u, 'it looks like a space, but is another character'],
  [/\p{Noncharacter_Code_Point}/u, 'it is no character'],
];

/**
 * What is wrong with a name that is to be made; undefined where nothing is. It has 1 to `max`
 * characters, and can be written into a URL, into SQL and into a path of files, and be told from
 * others by its looks. What is there already may have any name.
 */
export function nameError(value: unknown, max = 80): string | undefined {
  const error = textError(value, { max });
  if (error !== undefined || typeof value !== 'string') return error;
  if (value === '.' || value === '..') {
    return `A name may not be "${value}": paths have another meaning for it.`;
  }
  for (const [pattern, reason] of FORBIDDEN) {
    const character = pattern.exec(value)?.[0];
    if (character !== undefined) return `A name may not contain ${shown(character)}: ${reason}.`;
  }
  return compositionError(value);
}

/** What is wrong with a name that something can have already; undefined where nothing is. */
export function knownNameError(value: unknown, max = 80): string | undefined {
  return textError(typeof value === 'string' && /^ +$/.test(value) ? '' : value, { max });
}

/** File systems take the two ways to write "é" for one name, or for two. */
function compositionError(value: string): string | undefined {
  const composed = value.normalize('NFC');
  if (composed === value) return undefined;
  const given = Array.from(value);
  const character = Array.from(composed).find((each, index) => each !== given[index]);
  return `A name must be in the composed form of Unicode (NFC): write ${shown(character ?? '')}.`;
}

/** A character and its number; what cannot be seen only by its number. */
function shown(character: string): string {
  const number = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /[\p{C}\p{Z}]/u.test(character) ? `U+${number}` : `"${character}" (U+${number})`;
}
