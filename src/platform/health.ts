/*
 * Says whether the service can do its work: for container health checks, and for nobody's curiosity. `live` asks nothing of
 * anybody: a process that answers is not to be restarted because its database is away. `ready` says what is missing.
 */
import { Controller, Get, HttpException, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { Needs } from './permission.js';
import { Readiness } from './readiness.js';

@Controller('health')
@Needs('anybody')
export class HealthController {
  constructor(
    private readonly database: DataSource,
    private readonly readiness: Readiness,
  ) {}

  @Get()
  async health(): Promise<{ status: 'ok' }> {
    try {
      await this.database.query('select 1');
      return { status: 'ok' };
    } catch {
      throw new HttpException({ status: 'the database does not answer' }, 503);
    }
  }

  @Get('live')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const missing = await this.readiness.missing();
    if (missing.length === 0) return { status: 'ready' };
    reply.status(503);
    return { status: 'not ready', missing };
  }
}
