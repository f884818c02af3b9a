/*
 * The thread that joins the parts of one report: join-apart.ts.
 */
import { parentPort } from 'node:worker_threads';
import { answering } from '../../platform/thread.js';
import type { JoinRequest } from './join-apart.js';
import { JoinedPdf } from './joined-pdf.js';

const joined = new JoinedPdf();

answering<JoinRequest, number | Uint8Array>(parentPort!, (request) =>
  'part' in request ? joined.add(bytesOf(request.part)) : joined.finish(request.numbers.map(bytesOf)),
);

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
