/*
 * What a report is asked for with: its kind, and of what it is to tell. They are printed on its cover and kept in its evidence, so that
 * nobody takes a part for the whole.
 */
import { z } from 'zod';

export const REPORT_KINDS = ['exposure', 'drift', 'compliance', 'attestation', 'exceptions'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

export const PAPERS = ['A4', 'Letter'] as const;
export type Paper = (typeof PAPERS)[number];

const day = z.iso.date();
const name = z.string().min(1).max(200);

export const ReportParameters = z.strictObject({
  kind: z.enum(REPORT_KINDS),
  title: name.nullable().default(null).describe('instead of the name of its kind'),
  audits: z.array(name).max(100).default([]).describe('none for all'),
  scope: name.nullable().default(null).describe('a scope of the inventory: what lies in it'),
  owner: name.nullable().default(null).describe('what this owner answers for'),
  tags: z.array(name).max(100).default([]).describe('hosts that have all of them'),
  from: day.nullable().default(null).describe('the first day that it tells of, in UTC'),
  to: day.nullable().default(null).describe('the last day that it tells of, in UTC'),
  framework: name.nullable().default(null).describe('of a compliance report: which controls'),
  language: z.enum(LANGUAGES).default('en'),
  paper: z.enum(PAPERS).default('A4'),
});
export type ReportParameters = z.infer<typeof ReportParameters>;
