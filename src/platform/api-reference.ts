/*
 * The API's description, as a document for programs and as a page for people. Both are of the same object, made once, when the first
 * one asks: what a route says of itself does not change while the service runs. Anybody may read it; it has nothing in it but what
 * the program is.
 */
import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import { Describe } from './describe.js';
import { type OpenApi, openApiOf } from './openapi.js';
import { PageRoute } from './page-route.js';
import { Needs } from './permission.js';
import { VERSION } from './project-root.js';
import { referenceView } from './reference-view.js';
import { API, RouteTable } from './route-table.js';
import { WebViews } from './web-views.js';

@Controller()
@Needs('anybody')
export class ReferenceApi {
  private made: OpenApi | null = null;
  private shown: ReturnType<typeof referenceView> | null = null;

  constructor(
    private readonly table: RouteTable,
    private readonly views: WebViews,
  ) {}

  @Get(`${API}/openapi.json`)
  @Describe({
    summary: 'This description, as OpenAPI 3.1',
    answer: z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }),
  })
  document(): OpenApi {
    this.made ??= openApiOf(this.table.routes(), VERSION);
    return this.made;
  }

  @PageRoute('api')
  page(): string {
    const frame = { title: 'API', section: 'none' } as const;
    this.shown ??= referenceView(this.document());
    return this.views.page('pages/reference/api', frame, this.shown);
  }
}
