/* Where in the inventory something stands, 1-based: what an error or a report points at. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
