/*
 * Says whether the service can do its work: for container health checks, and for nobody's curiosity.
 */
import { Controller, Get, HttpException } from '@nestjs/common';
import { DataSource } from 'typeorm';

@Controller('health')
export class HealthController {
  constructor(private readonly database: DataSource) {}

  @Get()
  async health(): Promise<{ status: 'ok' }> {
    try {
      await this.database.query('select 1');
      return { status: 'ok' };
    } catch {
      throw new HttpException({ status: 'the database does not answer' }, 503);
    }
  }
}
