/*
 * One logger for the whole process: JSON lines on stdout, for people and collectors alike. Addresses and ports may be
 * in it, credentials never.
 */
import { type Logger, pino } from 'pino';

/** The name under which Nest injects the logger. */
export const LOGGER = Symbol('logger');

export function makeLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}
