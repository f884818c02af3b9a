/*
 * Tells a trouble of the place where we keep things from a bug of ours: a disk that is full, a database that is away. It
 * comes from outside and goes by itself, so that nothing that was under way may be blamed for it, or given up for it.
 *
 * The trap: the same trouble comes as a driver's error, inside TypeORM's, inside a Refusal, or as one of several.
 */

/** PostgreSQL manual, appendix A: disk_full. */
const DISK_FULL = '53100';
/**
 * Connection exceptions; insufficient resources; an operator's or a crash's end of the session, and 'starting up'; errors of
 * the system around the server. A server that may only be read (25006) has become somebody's standby.
 */
const AWAY = /^(08|53|57P|58|25006)/;
const AWAY_IN_SYSTEM = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EHOSTDOWN'],
]);
/** What node-postgres says without a code. */
const AWAY_IN_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after)/;
const NO_SPACE = /no space left on device|disk quota exceeded/i;
/**
 * What becomes of a new connection where PostgreSQL made its catalogue cache anew and its disk takes no more (relcache.c,
 * write_relcache_init_file): it says neither why nor by which code.
 */
const NO_INIT_FILE = /^could not write init file/;

export type StoreTrouble = 'full' | 'away';

/** Null for anything that is not the database's trouble. */
export function storeTrouble(error: unknown): StoreTrouble | null {
  let trouble: StoreTrouble | null = null;
  for (const { code, severity, message } of within(error)) {
    // The server's own word, which has a severity: a file of ours that can't be written is none of the database.
    if (code === DISK_FULL || (severity !== undefined && isOfSpace(message))) return 'full';
    if (AWAY.test(code) || AWAY_IN_SYSTEM.has(code) || AWAY_IN_WORDS.test(message)) trouble = 'away';
  }
  return trouble;
}

/** Whether a disk is full, ours or the database's: what failed is worth another attempt, however often it has failed. */
export function isDiskFull(error: unknown): boolean {
  return within(error).some(
    ({ code, message }) => code === DISK_FULL || code === 'ENOSPC' || code === 'EDQUOT' || isOfSpace(message),
  );
}

/** PostgreSQL manual, appendix A: character_not_in_repertoire, which is a zero byte in a text. No bug, and no trouble: whoever sent it is told. */
const ZERO_BYTE = '22021';

export const isZeroByte = (error: unknown): boolean => within(error).some(({ code }) => code === ZERO_BYTE);

const isOfSpace = (message: string): boolean => NO_SPACE.test(message) || NO_INIT_FILE.test(message);

interface Said {
  readonly code: string;
  readonly severity: string | undefined;
  readonly message: string;
}

/** An error, and those that it was made of. */
function within(error: unknown, depth = 0): Said[] {
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  const { code, severity, message, cause, driverError, errors } = error as Record<string, unknown>;
  const inner = [cause, driverError, ...(Array.isArray(errors) ? errors : [])];
  const said = {
    code: typeof code === 'string' ? code : '',
    severity: typeof severity === 'string' ? severity : undefined,
    message: typeof message === 'string' ? message : '',
  };
  return [said, ...inner.flatMap((one) => within(one, depth + 1))];
}
