/*
 * How a set of ports lies in the database: a column of type int4multirange (PostgreSQL manual, 8.17).
 */
import type { ColumnOptions } from 'typeorm';
import { PortSet } from '../domain/port-set.js';

export const PORT_SET_COLUMN: ColumnOptions = {
  type: 'int4multirange',
  transformer: {
    to: (ports: PortSet) => ports.toMultirange(),
    from: (text: string) => PortSet.fromMultirange(text),
  },
};
