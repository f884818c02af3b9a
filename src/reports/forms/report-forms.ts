/*
 * The forms that the evidence of a run's report is given in, beside the PDF: what each is called, how its file ends, what it is. Made by
 * write-form.ts; this file knows names only, so that pages and the command line need not load what makes them.
 */

export interface ReportForm {
  /** What follows `report.` in its address and in the name of its file. */
  readonly ending: string;
  readonly type: string;
  /** For the menu on pages. */
  readonly label: string;
  /** What it is for, in a few words. */
  readonly serves: string;
}

export const REPORT_FORMS = {
  html: {
    ...{ ending: 'html', type: 'text/html; charset=utf-8', label: 'HTML' },
    serves: 'the pages of the PDF as one file that opens without a network',
  },
  csv: {
    ...{ ending: 'csv', type: 'text/csv; charset=utf-8; header=present', label: 'CSV, findings' },
    serves: 'findings as rows, safe to open in a spreadsheet; of what was asked for the list of its kind',
  },
  'csv-hosts': {
    ...{ ending: 'hosts.csv', type: 'text/csv; charset=utf-8; header=present', label: 'CSV, hosts' },
    serves: 'hosts as rows, with the ports that each was seen to have',
  },
  json: {
    ...{ ending: 'json', type: 'application/json; charset=utf-8', label: 'JSON' },
    serves: 'the very text that was hashed, which all other forms are made of',
  },
  'oscal-ap': {
    ...{ ending: 'oscal-ap.json', type: 'application/json; charset=utf-8', label: 'OSCAL assessment plan' },
    serves: 'what was to be looked at, on whose word, and for which controls',
  },
  'oscal-ar': {
    ...{
      ending: 'oscal-ar.json',
      type: 'application/json; charset=utf-8',
      label: 'OSCAL assessment results',
    },
    serves: 'what was seen, what was not, and what it says of controls',
  },
  'oscal-poam': {
    ...{ ending: 'oscal-poam.json', type: 'application/json; charset=utf-8', label: 'OSCAL POA&M' },
    serves: 'what is left to do, as a plan of action and milestones',
  },
  sarif: {
    ...{ ending: 'sarif', type: 'application/sarif+json; charset=utf-8', label: 'SARIF' },
    serves: 'findings for the code scanning of a pipeline',
  },
  junit: {
    ...{ ending: 'junit.xml', type: 'application/xml; charset=utf-8', label: 'JUnit XML' },
    serves: 'hosts as tests, for any pipeline that shows test results',
  },
} as const satisfies Readonly<Record<string, ReportForm>>;

export type FormName = keyof typeof REPORT_FORMS;

export const FORM_NAMES = Object.keys(REPORT_FORMS) as [FormName, ...FormName[]];

/** `report.hosts.csv` is of the form `csv-hosts`. */
export const formOfEnding = (ending: string): FormName | null =>
  FORM_NAMES.find((name) => REPORT_FORMS[name].ending === ending) ?? null;

/** Those of a run's report, or of one that was asked for: what is made of findings and hosts has a run to be made of. */
export const formsOf = (isOfRun: boolean): readonly FormName[] =>
  isOfRun ? FORM_NAMES : ['html', 'csv', 'json'];
