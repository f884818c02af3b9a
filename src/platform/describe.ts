/*
 * What a route of the API takes and gives, beside the route itself: the reader of the OpenAPI document is told by the same schemas that
 * read the request. `body` and `query` are what the handler gives to readBody; `answer` is what it returns.
 */
import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

export interface Description {
  /** A sentence without a full stop: `Begins a silence`. */
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer?: z.ZodType;
}

export const DESCRIBED = 'portolan:described';

export const Describe = (description: Description): MethodDecorator => SetMetadata(DESCRIBED, description);
