/*
 * A secret on its way to where it is needed: printed, logged or made JSON of it is three dots. Who needs it says `reveal()`, so
 * that every such place can be found.
 */
import { inspect } from 'node:util';

const SHOWN = '…';

export class Concealed {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
