/*
 * What a route of the API takes and gives, beside the route itself: the reader of the OpenAPI document is told by the same schemas that
 * read the request. `body` and `query` are what the handler gives to readBody; `answer` is what it returns. A route of the API
 * that doesn't describe itself keeps the service from starting, as one without `@Needs` does.
 */
import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

export interface Description {
  /** A sentence without a full stop: `Begins a silence`. */
  readonly summary: string;
  /** What a reader has to know besides, in sentences. */
  readonly details?: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Absent where the answer has no body. */
  readonly answer?: z.ZodType;
  /** Its answer has an ETag of its own, and If-Match is asked for what has changed meanwhile: 412. */
  readonly versioned?: true;
  /** Its answer has something that is shown once: it is never kept, not even for who asks again with the same Idempotency-Key. */
  readonly showsOnce?: true;
  /** Of an answer that is no JSON: `text/csv`. */
  readonly type?: string;
}

export const DESCRIBED = 'portolan:described';

export const Describe = (description: Description): MethodDecorator => SetMetadata(DESCRIBED, description);
