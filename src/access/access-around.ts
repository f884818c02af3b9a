/*
 * What the access's pages have to know of where they are: the time, and how this service is reached.
 */
export const ACCESS_AROUND = Symbol('what is around the access');

export interface AccessAround {
  readonly now: () => Date;
  /** A path of the service as others reach it; the path alone where the service does not know. */
  readonly linkTo: (path: string) => string;
}
