/** What the exit code says, for scripts; `docs/cli.md` has this table. */
export const EXIT_CODES = {
  done: { code: 0, meaning: 'Done.' },
  failed: { code: 1, meaning: 'Something went wrong that has no code of its own.' },
  usage: { code: 2, meaning: 'The command line is not understood.' },
  notFound: { code: 3, meaning: 'What was named does not exist.' },
  notAllowed: { code: 4, meaning: 'Who you are may not do this, or nobody knows who you are.' },
  conflict: { code: 5, meaning: 'The status of the tag, or what is there already, forbids it.' },
  invalid: {
    code: 6,
    meaning: 'The server, or a file that was read, says that a value is not valid.',
  },
  notConfirmed: {
    code: 7,
    meaning: 'The question was answered no, or nobody was there to be asked.',
  },
  unavailable: { code: 8, meaning: 'The server cannot be reached, or is busy: try again later.' },
  notTempora: {
    code: 9,
    meaning: 'The answer is not one of Tempora: a wrong address, or something in between.',
  },
  notAsPromised: { code: 10, meaning: 'A check found that something is not as it should be.' },
  interrupted: { code: 130, meaning: 'Ctrl-C.' },
  readerGone: { code: 141, meaning: 'Whoever read the output stopped reading, as `head` does.' },
} as const;

export type Ending = keyof typeof EXIT_CODES;
