/*
 * A request that is refused on purpose: the one error that is meant for people. The command line turns it into
 * one line and exit code 2, the web filter into a status and a page. Anything else that is thrown is a bug.
 */
export type RefusalCode =
  | 'bad-input' // what was given can't be read or contradicts itself
  | 'not-found'
  | 'out-of-scope' // nobody has authorised it
  | 'not-signed-in'
  | 'forbidden' // it is not for whoever asks
  | 'other-session' // a form of a session that is not this one
  | 'too-many' // they have to wait
  | 'stale' // it is not what they have seen any more
  | 'method-not-allowed' // this address answers to other methods
  | 'unsupported-media-type' // it is written in what is not read here
  | 'key-reused' // a key that promised the same request again came with another one
  | 'conflict' // it is taken, or already under way
  | 'unavailable'; // something that we need is not there: database, browser, folder

interface Present {
  /** An entity tag. */
  readonly tag: string;
  /** As a program that reads it is told. */
  readonly state: object;
}

export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** When to ask again, where that is known. */
  readonly retryAfterSeconds: number | null;
  /** What it is now, for whoever wanted to change what it was. */
  readonly present: Present | null;

  constructor(
    readonly code: RefusalCode,
    message: string,
    options: ErrorOptions & { readonly retryAfterSeconds?: number; readonly present?: Present } = {},
  ) {
    super(message, options);
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.present = options.present ?? null;
  }
}
