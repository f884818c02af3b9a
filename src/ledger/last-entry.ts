/*
 * The last entry of one source, as SQL. Each source's own entries are behind each other in an index, but a database takes sources to be
 * spread evenly, and looks for the last one of each from the end of the whole chain: of a source that has written nothing lately, or
 * never, that is all of it. A range of one source in the index's own order leaves it no other way.
 */

/** @param source as SQL, and so is what else is asked of it */
export const lastEntryOf = (columns: string, source: string, and = 'true'): string =>
  `select ${columns} from ledger_entry where source between ${source} and ${source} and ${and}
   order by source desc, seq desc limit 1`;
