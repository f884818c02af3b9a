/*
 * One logger for the whole process: JSON lines on stdout, for people and collectors alike. Addresses and ports may be
 * in it, credentials never.
 *
 * Where the log goes to a file whose disk is full, lines are lost, and the service is not: it says how many, once it can.
 */
import { writeSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import { isDiskFull } from './store-trouble.js';

/** The name under which Nest injects the logger. */
export const LOGGER = Symbol('logger');

export function makeLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, new LogLines(1));
}

const RETRY_MS = 10;

/** Writes each line at once, also to a pipe that is full for the moment. */
export class LogLines {
  private lost = 0;
  private isGone = false;
  /** A part of a line stands there without its end. */
  private isBroken = false;

  constructor(
    private readonly descriptor: number,
    private readonly writeTo: (descriptor: number, bytes: Uint8Array) => number = writeSync,
  ) {}

  write(line: string): void {
    if (this.isGone) return;
    const missing =
      this.lost > 0
        ? `${JSON.stringify({ level: 40, msg: `${this.lost} lines of this log are lost: its disk was full` })}\n`
        : '';
    if (this.put(`${this.isBroken ? '\n' : ''}${missing}${line}`)) this.lost = 0;
    else this.lost++;
  }

  /** False where its disk is full. */
  private put(text: string): boolean {
    let bytes: Uint8Array = Buffer.from(text);
    while (bytes.length > 0 && !this.isGone) {
      try {
        const written = this.writeTo(this.descriptor, bytes);
        bytes = bytes.subarray(written);
        this.isBroken = bytes.length > 0;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (isDiskFull(error)) return false;
        if (code === 'EPIPE') this.isGone = true;
        else if (code !== 'EAGAIN') throw error;
        else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
    return true;
  }
}
