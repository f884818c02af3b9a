/*
 * What a route asks of whoever comes: each says it, with one of these, or the service does not start.
 */
import { SetMetadata } from '@nestjs/common';
import type { Permission } from '../domain/access.js';

/** `signed-in` is any account, for its own things; `anybody` is who has none. */
export type Asked = Permission | 'signed-in' | 'anybody';

export const ASKED = 'portolan:asked';

/** Of a route, or of all routes of a controller. */
export const Needs = (asked: Asked): MethodDecorator & ClassDecorator => SetMetadata(ASKED, asked);
