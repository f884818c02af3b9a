/*
 * Why a port stands as it does, for programs. The command line asks here while the service holds the database.
 */
import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { type Explanation, parseEndpoint } from '../domain/explain.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { Explainer } from './explainer.js';
import { ExplanationAnswer } from './explanation-answer.js';

const Endpoint = z.object({
  endpoint: z
    .string()
    .meta({ examples: ['127.0.0.1:22', '[::1]:22'], description: 'An address and a port.' }),
});

@Controller('api/v1')
export class ExplainApi {
  constructor(private readonly explainer: Explainer) {}

  @Get('explain')
  @Needs('runs.read')
  @Describe({ summary: 'Why a port stands as it does', query: Endpoint, answer: ExplanationAnswer })
  async explain(@Query('endpoint') endpoint?: unknown): Promise<Explanation> {
    const text = typeof endpoint === 'string' ? endpoint : '';
    const read = parseEndpoint(text);
    if (!read)
      throw new Refusal('bad-input', `'${text}' is no address and port; expected 127.0.0.1:22 or [::1]:22`);
    return this.explainer.explain(read.address, read.port);
  }
}
