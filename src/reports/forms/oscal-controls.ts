/*
 * Which controls of NIST SP 800-53 Rev. 5 a look at ports says something of, and which statement of them each kind of drift contradicts;
 * identifiers as in NIST's own OSCAL catalogue. A look never shows that a control is satisfied: it shows that a statement is not, or
 * that nothing was found that contradicts it.
 */
import type { DriftKind } from '../../domain/drift.js';

/** CA-7 c, on which it is recorded whether the look itself could be trusted. */
export const MONITORING = 'ca-7_smt.c';

const LEAST_FUNCTION = 'cm-7_smt.b';
const DENY_BY_DEFAULT = 'sc-7.5_smt';
const ACCURATE = 'cm-8_smt.a';
const REVIEWED = 'cm-8_smt.b';

const CONTRADICTED: Readonly<Record<DriftKind, string>> = {
  'unexpected-open': LEAST_FUNCTION,
  'wildcard-open': LEAST_FUNCTION,
  'unexpected-answer': DENY_BY_DEFAULT,
  'unexpected-closed': ACCURATE,
  'unexpected-filtered': ACCURATE,
  'host-down': ACCURATE,
  'undeclared-host': ACCURATE,
  'address-moved': ACCURATE,
  'owner-missing': REVIEWED,
  'review-overdue': REVIEWED,
  'exception-expired': REVIEWED,
  'never-observed': REVIEWED,
};

export const statementOf = (kind: DriftKind): string => CONTRADICTED[kind];

/** The same in the plan, its activity and the results. */
export const REVIEWED_CONTROLS = {
  description:
    'Controls of NIST SP 800-53 Rev. 5 that a look at TCP ports is evidence for: least functionality, monitoring, the component inventory, and deny by default.',
  'control-selections': [
    {
      'include-controls': [
        { 'control-id': 'ca-7', 'statement-ids': [MONITORING] },
        { 'control-id': 'cm-7', 'statement-ids': [LEAST_FUNCTION] },
        { 'control-id': 'cm-8', 'statement-ids': [ACCURATE, REVIEWED] },
        { 'control-id': 'sc-7.5', 'statement-ids': [DENY_BY_DEFAULT] },
      ],
    },
  ],
} as const;
