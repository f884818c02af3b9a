/*
 * To which addresses a report goes: the receivers of its schedule, as the inventory has them at the time. Each address is named once; where
 * one receiver of it is told details and another is not, it has the report.
 */
import type { Inventory } from '../../inventory.js';
import { OPERATORS, OWNER, type Receiver } from '../../receiver.js';
import type { ScheduledReport } from './scheduled-report.js';

export interface Addressed {
  readonly receiver: string;
  readonly address: string;
  /** The report itself; else where it is, and nothing of what it says. */
  readonly isWhole: boolean;
}

/** @param owner whom this one is about. @param operators the addresses of whoever runs the service */
export function addressesOf(
  { to }: Pick<ScheduledReport, 'to'>,
  owner: string | null,
  { owners, receivers }: Pick<Inventory, 'owners' | 'receivers'>,
  operators: readonly string[],
): Addressed[] {
  const ofOwner = [owners.get(owner ?? '')?.email ?? []].flat();
  const found = new Map<string, Addressed>();
  for (const name of to) {
    const declared = receivers.find((one) => one.name === name);
    const addresses = declared
      ? mailOf(declared, ofOwner)
      : name === OWNER
        ? ofOwner
        : operatorsIf(name, operators);
    const isWhole = declared?.details ?? true;
    for (const address of addresses) {
      const before = found.get(address);
      if (!before || (isWhole && !before.isWhole)) found.set(address, { receiver: name, address, isWhole });
    }
  }
  return [...found.values()];
}

const mailOf = (receiver: Receiver, ofOwner: readonly string[]): readonly string[] =>
  receiver.type !== 'email' ? [] : receiver.to === 'owner' ? ofOwner : receiver.to;

const operatorsIf = (name: string, operators: readonly string[]): readonly string[] =>
  name === OPERATORS ? operators : [];
