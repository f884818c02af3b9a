/*
 * The thread that reads large inventories: inventory-reader.ts.
 */
import { parentPort } from 'node:worker_threads';
import { answering } from '../platform/thread.js';
import { InventoryDesk } from './inventory-desk.js';
import { packInventory } from './inventory-parcel.js';
import type { Question } from './inventory-reader.js';

const desk = new InventoryDesk();

answering<Question, unknown>(parentPort!, (question) => {
  switch (question.ask) {
    case 'check': {
      const read = desk.parse(question.sources);
      return read.ok ? { problems: [], warnings: read.warnings } : { problems: read.problems, warnings: [] };
    }
    case 'parts': {
      const read = desk.parse(question.sources);
      return read.ok ? packInventory(read.inventory) : [];
    }
    case 'edit':
      return desk.edit(question.sources, question.edits);
    case 'compare':
      return desk.compare(question.pair, question.isFar);
    case 'outlook':
      return desk.outlook(question.pair, question.found, question.seen);
    case 'values':
      return desk.values(question.sources);
  }
});
