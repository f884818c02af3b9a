/*
 * A clock is a function. Product code that needs the time is handed one; tests hand it a fixed one.
 */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

/** The name under which Nest injects the clock. */
export const CLOCK = Symbol('clock');
