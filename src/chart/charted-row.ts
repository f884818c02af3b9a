/*
 * A row of what was last seen, as the domain has it. Pure.
 */
import type { Charted } from '../domain/charted.js';
import { PortSet } from '../domain/port-set.js';
import type { ChartedHost } from './chart.entities.js';

export function toCharted(row: ChartedHost): Charted {
  const { address, vantage, open, closed, filtered, unreachable, unknown, looks, at } = row;
  return {
    ...{ address, vantage, at },
    observed: { open, closed, filtered, unreachable, unknown },
    looks: looks.map((look) => ({ ...look, at: new Date(look.at), ports: PortSet.parse(look.ports) })),
  };
}
