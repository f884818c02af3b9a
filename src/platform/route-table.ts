/*
 * Every route that there is, read from the controllers: what it asks for, and what it says of itself. The door, the API's description
 * and the tests go by this one list, so that no route is in one of them and not in another.
 */
import { Injectable, RequestMethod } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { DESCRIBED, type Description } from './describe.js';
import { ASKED, type Asked } from './permission.js';

export interface Route {
  readonly method: string;
  /** As `/findings/:id`. */
  readonly path: string;
  /** Undefined where it does not say. */
  readonly asked: Asked | undefined;
  readonly description: Description | undefined;
  /** Its class and method, as `SilencesApi` and `begin`. */
  readonly controller: string;
  readonly handler: string;
  /** Of an answer that is no refusal. */
  readonly status: number;
}

export const API = '/api/v1';

/** Is it for programs? */
export const isApi = (path: string): boolean => path === API || path.startsWith(`${API}/`);

@Injectable()
export class RouteTable {
  private found: readonly Route[] | null = null;

  constructor(private readonly discovery: DiscoveryService) {}

  /** In the order of paths and methods: the same at each start. */
  routes(): readonly Route[] {
    this.found ??= this.discovery
      .getControllers()
      .flatMap(({ instance, metatype }) =>
        instance && metatype ? routesOf(instance as object, metatype as NewableFunction) : [],
      )
      .sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
    return this.found;
  }

  /** Of those that answer at this address, by any method; HEAD wherever there is a GET. */
  methodsAt(path: string): string[] {
    const found = this.routes().filter((route) => patternOf(route.path).test(path));
    const methods = new Set(found.map(({ method }) => method));
    if (methods.has('GET')) methods.add('HEAD');
    return Array.from(methods).sort();
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function routesOf(instance: object, metatype: NewableFunction): Route[] {
  const base = String(Reflect.getMetadata(PATH_METADATA, metatype) ?? '');
  const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name]!;
    const path: unknown = Reflect.getMetadata(PATH_METADATA, handler);
    if (path === undefined) return [];
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod]!;
    const asked = (Reflect.getMetadata(ASKED, handler) ?? Reflect.getMetadata(ASKED, metatype)) as
      | Asked
      | undefined;
    const description = Reflect.getMetadata(DESCRIBED, handler) as Description | undefined;
    const given = Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined;
    const status = given ?? (method === 'POST' ? 201 : 200);
    const one = { method, asked, description, status, controller: metatype.name, handler: name };
    return [path].flat().map((each) => ({ ...one, path: whole(base, String(each)) }));
  });
}

const whole = (base: string, path: string): string =>
  `/${[base, path]
    .map((part) => part.replace(/^\/|\/$/g, ''))
    .filter((part) => part !== '')
    .join('/')}`;

const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .split('/')
      .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      .join('/')}/?$`,
  );
