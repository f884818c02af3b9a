/*
 * Takes a file from the database, or from the service that holds it, or from the one that is named: whichever it is, in pieces, and into
 * a file whole or not at all.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Config } from '../config.js';
import type { Context } from '../context.js';
import { localServer, openDatabase } from './ask-service.js';
import { chosenServer } from './server-option.js';

type Pieces = AsyncIterable<string | Uint8Array>;

export interface WantedFile {
  /** Where a service has it. */
  readonly path: string;
  readonly fromDatabase: (app: Context['app']) => Promise<Pieces>;
}

/** @param file where it is to be; standard output where nothing is named */
export async function takeFile(config: Config, wanted: WantedFile, file: string | undefined): Promise<void> {
  const server = await chosenServer(config);
  if (server !== null) return deliver(await download(server, wanted.path), file);
  const context = await openDatabase(config);
  if (context instanceof Error) return deliver(await download(await localServer(config), wanted.path), file);
  try {
    await deliver(await wanted.fromDatabase(context.app), file);
  } finally {
    await context.close();
  }
}

async function download(server: Parameters<typeof import('./ask-server.js').downloadFrom>[0], path: string) {
  const { downloadFrom } = await import('./ask-server.js');
  return downloadFrom(server, path);
}

async function deliver(pieces: Pieces, file: string | undefined): Promise<void> {
  if (file === undefined)
    return pipeline(Readable.from(pieces, { objectMode: false }), process.stdout, { end: false });
  const { writeWhole } = await import('./write-file.js');
  await writeWhole(file, pieces);
}

/** What is there whole, or is made piece by piece. */
export async function* piecesOf(content: Uint8Array | Readable): AsyncGenerator<string | Uint8Array> {
  if (content instanceof Readable) yield* content;
  else yield content;
}
