import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { type Log } from './log.js';
import { parsePolicyFile, type PolicyFile, PolicyFileError } from './policy-file.js';

/** How often the file is looked at, milliseconds. It may be replaced, or be reached through links. */
const LOOK_MS = 1_000;

/** A policy file as it is now: read again when it changes, and kept as it was where it became a bad one. */
export class WatchedPolicyFile {
  private file: PolicyFile;
  private text: string;

  /** @throws PolicyFileError */
  constructor(
    private readonly path: string,
    private readonly log: Log,
  ) {
    this.text = readText(path);
    this.file = this.parse(this.text);
    watchFile(path, { interval: LOOK_MS, persistent: false }, this.look);
  }

  get current(): PolicyFile {
    return this.file;
  }

  close(): void {
    unwatchFile(this.path, this.look);
  }

  private readonly look = (): void => {
    try {
      const text = readText(this.path);
      if (text === this.text) return;
      this.text = text;
      this.file = this.parse(text);
      this.log.info(`The policy file ${this.path} has changed, and counts from now on`);
    } catch (error) {
      if (!(error instanceof PolicyFileError)) throw error;
      this.log.warn(`${error.message}. What it said before goes on counting`);
    }
  };

  private parse(text: string): PolicyFile {
    try {
      return parsePolicyFile(text);
    } catch (error) {
      if (!(error instanceof PolicyFileError)) throw error;
      throw new PolicyFileError(`The policy file ${this.path} is not valid: ${error.message}`);
    }
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new PolicyFileError(
      `The policy file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      { cause: error },
    );
  }
}
