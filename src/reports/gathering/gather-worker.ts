/*
 * The thread that gathers the evidence of one report, and ends: gather-apart.ts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Asker, answering } from '../../platform/thread.js';
import { type Asked, type Gathered, gatheredOrRefused, type Refused } from './gather.js';
import type { GatherTask } from './gather-apart.js';
import { type DeskQuestion, readingAt } from './reading.js';

const { desk } = workerData as GatherTask;
const asker = new Asker<DeskQuestion, string>(desk);
const reading = readingAt({ answer: (question) => asker.ask(question) });

answering<Asked, Gathered | Refused>(parentPort!, (asked) => gatheredOrRefused(asked, reading));
