/*
 * The words for what a report says of a control: what kind of evidence it is, where that stands, and how the control stands by it.
 */
export const EVIDENCE_ROLES = ['primary', 'supporting', 'rescan'] as const;
export type EvidenceRole = (typeof EVIDENCE_ROLES)[number];

/** Which tables of the report hold a control's evidence. */
export const EVIDENCE_TABLES = [
  ...(['services', 'findings', 'accepted', 'fixed', 'runs', 'inventory', 'reviews', 'scopes'] as const),
] as const;
export type EvidenceTable = (typeof EVIDENCE_TABLES)[number];

export const CONTROL_STATUSES = ['supported', 'partly', 'unproven', 'contradicted'] as const;
export type ControlStatus = (typeof CONTROL_STATUSES)[number];

export const COMPLIANCE_WORDS = ['supported', 'contradicted', 'unproven'] as const;
export type ComplianceWord = (typeof COMPLIANCE_WORDS)[number];
