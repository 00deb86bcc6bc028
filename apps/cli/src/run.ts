import { CommanderError } from 'commander';
import { EXIT_CODES } from './exit-codes.js';
import { Failure } from './failure.js';
import { writeJson } from './http/exact-json.js';
import { Interruption } from './interruption.js';
import { buildProgram } from './program.js';
import { sessionsIn } from './session.js';
import { type Surroundings } from './surroundings.js';
import { plainJson, plainText } from './terminal/plain-text.js';

/** Runs one command line; what goes wrong is said on stderr. @returns the exit code */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const json = args.includes('--json');
  try {
    const program = buildProgram(sessionsIn(surroundings), surroundings, json);
    await program.parseAsync(args, { from: 'user' });
    return EXIT_CODES.done.code;
  } catch (error) {
    // What commander refuses it has said to people already; help that was asked for is no mistake.
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT_CODES.done.code;
      if (json) surroundings.stderr.write(told(new Failure('usage', usageText(error)), json));
      return EXIT_CODES.usage.code;
    }
    if (error instanceof Interruption) {
      surroundings.stderr.write(`tempora: ${error.message}\n`);
      return EXIT_CODES.interrupted.code;
    }
    const failure =
      error instanceof Failure ? error : new Failure('failed', unexpected(error, surroundings));
    surroundings.stderr.write(told(failure, json));
    return EXIT_CODES[failure.ending].code;
  }
}

function told({ message, code, remarks }: Failure, json: boolean): string {
  if (json) return `${plainJson(writeJson({ code, detail: message, remarks }))}\n`;
  return [`tempora: ${message}`, ...remarks.map((remark) => `  ${remark}`)]
    .map((line) => `${plainText(line)}\n`)
    .join('');
}

function usageText({ code, message }: CommanderError): string {
  return code === 'commander.help' ? 'A command is missing.' : message.replace(/^error: /, '');
}

function unexpected(error: unknown, { env }: Surroundings): string {
  if (!(error instanceof Error)) return String(error);
  return env['TEMPORA_DEBUG'] === undefined ? error.message : (error.stack ?? error.message);
}
