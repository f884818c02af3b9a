/*
 * Wires what alerts need.
 */
import { Module } from '@nestjs/common';
import { SecretsApi } from './secrets.api.js';
import { SecretsService } from './secrets.service.js';

@Module({ controllers: [SecretsApi], providers: [SecretsService], exports: [SecretsService] })
export class AlertsModule {}
