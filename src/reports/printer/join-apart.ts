/*
 * Joins the parts of a report without keeping the service waiting: in a thread of its own, to which each print is handed over as it
 * comes, and whose memory goes when it ends. The thread runs in compiled form only: where there is none, they are joined here.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../platform/project-root.js';
import { Thread } from '../../platform/thread.js';
import { JoinedPdf } from './joined-pdf.js';

const THREAD = join(PROJECT_ROOT, 'dist/src/reports/printer/join-worker.js');

/** What the thread is asked: another part, or the whole with the numbers of its pages. */
export type JoinRequest = { readonly part: Uint8Array } | { readonly numbers: readonly Uint8Array[] };

export interface Joining {
  /** @returns how many pages it has */
  add(part: Uint8Array): Promise<number>;
  finish(numbers: readonly Uint8Array[]): Promise<Uint8Array>;
  end(): Promise<void>;
}

export async function startJoining(): Promise<Joining> {
  if (!existsSync(THREAD)) return here();
  const thread = new Thread<JoinRequest, number | Uint8Array>(THREAD, null);
  return {
    add: async (part) => (await thread.ask({ part })) as number,
    finish: async (numbers) => (await thread.ask({ numbers })) as Uint8Array,
    end: () => thread.end(),
  };
}

function here(): Joining {
  const joined = new JoinedPdf();
  return {
    add: async (part) => joined.add(Buffer.from(part)),
    finish: async (numbers) => joined.finish(numbers.map((one) => Buffer.from(one))),
    end: async () => undefined,
  };
}
