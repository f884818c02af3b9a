/*
 * Nest's own messages, in our log: what it says while starting is for debugging, what it warns of is for everybody.
 */
import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

export function nestLog(log: Logger): LoggerService {
  return {
    log: (message: unknown) => log.debug(String(message)),
    debug: (message: unknown) => log.debug(String(message)),
    verbose: (message: unknown) => log.trace(String(message)),
    warn: (message: unknown) => log.warn(String(message)),
    error: (message: unknown, stack?: unknown) => log.error({ stack }, String(message)),
  };
}
