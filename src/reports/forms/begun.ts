/*
 * A file that is made piece by piece, from its first piece on: until that is there, whoever asked can still be refused.
 */
import { Readable } from 'node:stream';

/** Once the first piece is there. Whoever takes no more of it ends what makes it, though nothing of it was taken. */
export async function begun(pieces: AsyncGenerator<string, void>): Promise<Readable> {
  let first: IteratorResult<string, void> | null = await pieces.next();
  const rest: AsyncIterableIterator<string> = {
    [Symbol.asyncIterator]: () => rest,
    next: async () => {
      const piece = first ?? (await pieces.next());
      first = null;
      return piece;
    },
    return: async () => {
      await pieces.return();
      return { done: true, value: undefined };
    },
  };
  return Readable.from(rest, { objectMode: false });
}
