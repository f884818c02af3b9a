/*
 * Hosts by ports: which ports are the columns, and how each port of each host stands. Pure.
 *
 * A host of several addresses is one row; a cell tells of the address that matters most, and of how many there are.
 */
import { foremost, type Standing } from '../domain/standing.js';
import type { HostEntry, Hosts } from './hosts/host-list.js';
import { type KnownAddress, type PortFacts, portFacts } from './hosts/known-address.js';

const COLUMNS = 20;

/** The ports that are in use most, in ascending order. */
export function columnsOf({ ports }: Hosts): number[] {
  return ports
    .slice(0, COLUMNS)
    .map(([port]) => port)
    .sort((a, b) => a - b);
}

export interface MatrixCell {
  readonly standing: Standing;
  /** Of the address that stands so. */
  readonly facts: PortFacts;
  readonly address: string;
  /** How many of the addresses stand so. */
  readonly alike: number;
}

export interface MatrixRow {
  readonly host: HostEntry;
  /** Of how many addresses the cells tell. */
  readonly addresses: number;
  /** One a column; null where no address is known. */
  readonly cells: ReadonlyArray<MatrixCell | null>;
}

export function matrixRow(
  host: HostEntry,
  known: readonly KnownAddress[],
  columns: readonly number[],
): MatrixRow {
  return { host, addresses: known.length, cells: columns.map((port) => cellOf(known, port)) };
}

function cellOf(known: readonly KnownAddress[], port: number): MatrixCell | null {
  const facts = known.map((one) => portFacts(one, port));
  const standing = foremost(facts.map((one) => one.standing));
  const place = facts.findIndex((one) => one.standing === standing);
  if (place < 0) return null;
  const alike = facts.filter((one) => one.standing === standing).length;
  return { standing, facts: facts[place]!, address: known[place]!.address, alike };
}
