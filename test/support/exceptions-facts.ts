/* Registers of exceptions of the harbour of compliance-facts.ts. */
import {
  buildExceptions,
  type ExceptionsFacts,
} from '../../src/domain/report/exceptions/build-exceptions.js';
import type { ExceptionsSnapshot } from '../../src/domain/report/exceptions/exceptions.js';
import { subjectOf } from '../../src/domain/report/subject.js';
import { inventoryOf } from './builders.js';
import { factsOf, inventoryText } from './compliance-facts.js';

interface Declared {
  readonly host: string;
  readonly ports: string;
  readonly expires: string;
}

export const registerText = (exceptions: readonly Declared[]): string =>
  inventoryText([], {
    exceptions:
      exceptions.length === 0
        ? ''
        : `exceptions:\n${exceptions
            .map(
              ({ host, ports, expires }) =>
                `  - { host: ${host}, ports: "${ports}", reason: legacy, approvedBy: Grace, expires: ${expires} }`,
            )
            .join('\n')}`,
  });

export type SomeRegister = Partial<ExceptionsFacts> & { readonly declared?: readonly Declared[] };

export function registerOf({ declared = [], ...some }: SomeRegister): ExceptionsSnapshot {
  const { parameters, period, madeAt, version, runs, seen, toolVersion } = factsOf({
    ...{ inventory: registerText(declared), framework: 'nis2' },
    parameters: { kind: 'exceptions', ...some.parameters },
  });
  const inventory = inventoryOf(registerText(declared));
  const narrowed = subjectOf(inventory, parameters);
  if (!narrowed.ok) throw new Error(narrowed.why);
  const past = [
    { at: new Date('2026-10-01T00:00:00Z'), by: 'Ada', note: null, exceptions: inventory.exceptions },
  ];
  return buildExceptions(
    {
      ...{ period, madeAt, version, runs, seen, toolVersion, inventory, past, isWholePast: true },
      versionsUnread: 0,
      ...{ findings: [], ended: [], ...some, parameters },
    },
    narrowed.subject,
  );
}
