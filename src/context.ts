/*
 * What the program is made of, on an open database, without pages: for a command that asks it something. service.ts puts pages around
 * the same, and has the rooms turn.
 *
 * A command starts for one question: what serves pages is not loaded for it.
 */
import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Logger } from 'pino';
import { appModule, type Surroundings } from './app.module.js';
import type { Config } from './config.js';
import { ENTITIES } from './entities.js';
import { type Clock, systemClock } from './platform/clock.js';
import { type Database, openDatabase } from './platform/database.js';
import { pause } from './platform/loop.js';
import { nestLog } from './platform/nest-log.js';
import { Refusal } from './platform/refusal.js';
import { loadStaticFiles } from './platform/static-files.js';
import { WebViews } from './platform/web-views.js';

export interface Opening {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** How long a database that is away is waited for. */
  readonly patienceMs?: number;
}

export interface Context<App extends INestApplicationContext = INestApplicationContext> {
  readonly app: App;
  readonly database: Database;
  close(): Promise<void>;
}

export function openContext(config: Config, log: Logger, how: Opening = {}): Promise<Context> {
  return openWith(config, log, how, (surroundings) =>
    NestFactory.createApplicationContext(
      appModule({ ...surroundings, views: new WebViews(loadStaticFiles()) }),
      {
        logger: nestLog(log),
        abortOnError: false,
      },
    ),
  );
}

/** Opens the database, and makes the application on it. */
export async function openWith<App extends INestApplicationContext>(
  config: Config,
  log: Logger,
  { clock = systemClock, signal = new AbortController().signal, patienceMs = 0 }: Opening,
  make: (surroundings: Omit<Surroundings, 'views'>) => Promise<App>,
): Promise<Context<App>> {
  const database = await openPatiently(config, log, signal, patienceMs);
  try {
    const app = await make({ config, database: database.source, clock, log });
    const close = async (): Promise<void> => {
      try {
        await app.close();
      } finally {
        await database.close();
      }
    };
    return { app, database, close };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** A database server may come up after us; the embedded one is there or is not. */
async function openPatiently(
  config: Config,
  log: Logger,
  signal: AbortSignal,
  patienceMs: number,
): Promise<Database> {
  const until = Date.now() + patienceMs;
  for (let waitMs = 500; ; waitMs = Math.min(waitMs * 2, 8000)) {
    try {
      return await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir }, ENTITIES);
    } catch (error) {
      const mayComeBack =
        error instanceof Refusal && error.code === 'unavailable' && config.databaseUrl !== null;
      if (!mayComeBack || signal.aborted || Date.now() + waitMs > until) throw error;
      log.warn({ waitMs }, `${error.message}; trying again`);
      await pause(waitMs, signal);
    }
  }
}
