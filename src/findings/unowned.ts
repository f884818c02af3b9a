/*
 * What a query says for findings that nobody owns, or looks after: no owner's id has a blank in it.
 */
export const UNOWNED = 'nobody named';
