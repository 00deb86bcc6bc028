/** What steers a terminal, breaks a line or turns the direction of writing. */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text of others, safe to print: what is not plain is shown as its code. */
export function plainText(text: string): string {
  return text.replace(
    STEERING,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** JSON text that means the same and is safe to print; its line feeds stay. */
export function plainJson(json: string): string {
  return json.replace(STEERING, (character) =>
    character === '\n'
      ? character
      : Array.from(character.split(''), (unit) => escaped(unit.charCodeAt(0))).join(''),
  );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
