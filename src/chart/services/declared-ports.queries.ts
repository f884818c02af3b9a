/*
 * How declared ports stand, for a page of some dozens of hosts: each port's latest interval, by the hosts' addresses. Reads only.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { formatAddress } from '../../domain/address-set.js';
import type { Interval } from '../../domain/history.js';
import type { Host } from '../../domain/inventory.js';

/** Of a block of more addresses a page of many hosts tells nothing; the page of each of its ports does. */
const ADDRESSES_MOST = 64n;

@Injectable()
export class DeclaredPortsQueries {
  constructor(private readonly database: DataSource) {}

  /** By the host's name as the history has it. */
  async latest(hosts: readonly Host[]): Promise<Interval[]> {
    const addresses = hosts
      .filter((host) => host.addresses.size <= ADDRESSES_MOST)
      .flatMap((host) => Array.from(host.addresses, formatAddress));
    const named = hosts.filter(({ names }) => names.length > 0).map(({ name }) => name);
    const byName =
      named.length === 0 ? '' : 'or host = any(array(select jsonb_array_elements_text($2::jsonb)))';
    const rows = (await this.database.query(
      `select distinct on (address, port, vantage) address, port, vantage, host, service, owner, state, observed,
         from_at as "from", until_at as "until"
       from port_interval where address = any(array(select jsonb_array_elements_text($1::jsonb))) ${byName}
       order by address, port, vantage, from_at desc, until_at desc`,
      [JSON.stringify(addresses), ...(named.length === 0 ? [] : [JSON.stringify(named)])],
    )) as Interval[];
    return rows.map((row) => ({ ...row, from: new Date(row.from), until: new Date(row.until) }));
  }
}
