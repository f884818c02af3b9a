/*
 * Ports by what usually listens there, where a standard asks about that kind of service. By the number alone: what really listens, and
 * whether it is secured, no look at a port tells.
 */
import { PortSet } from '../../port-set.js';

/** FTP, Telnet, TFTP, POP3, IMAP, LDAP, the r-commands, rsync, NFS and file shares: usually in the clear. */
export const INSECURE_PORTS = PortSet.parse('21,23,69,110,111,139,143,389,445,512-514,873,2049');

export const DATABASE_PORTS = PortSet.parse(
  '1433,1521,3306,5432,5984,6379,7000,9042,9200,9300,11211,27017-27019',
);

/** Shells, remote desktops, and what controls machines. */
export const MANAGEMENT_PORTS = PortSet.parse(
  '22,23,623,2375-2377,3389,5900-5903,5985-5986,6443,8006,8291,10000,10250',
);
