/*
 * The JSON Schemas that reports are published with: of every kind, strict by their own rules, and of one mind with what reads the evidence.
 * Whatever a schema allows is read, and whatever is not read it does not allow; a format may grow by the open one, and by the closed one not.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMAT_TITLES, publishedSchema, schemaPath } from '../../../../src/reports/forms/report-schemas.js';
import { schemaOf } from '../../../../src/reports/kinds/formats.js';
import { cleanSnapshot, driftSnapshot } from '../../../fixtures/report-snapshots.js';
import { generatedSnapshot } from '../../../support/generated-reports.js';
import { allowedBy, damaged, enlarged } from '../../../support/json-of-schema.js';

const FORMATS = [...FORMAT_TITLES.keys()];

function compiled(format: string, isClosed: boolean) {
  // What it does not understand, or would read two ways, it refuses.
  const ajv = new Ajv2020({ strict: true });
  addFormats.default(ajv);
  return ajv.compile(publishedSchema(format, { isClosed })!);
}

it('are there for the report of a run and for every kind that is asked for, and for nothing else', () => {
  expect(FORMATS).toEqual([
    ...['portolan-report/1', 'portolan-exposure/1', 'portolan-drift/1', 'portolan-compliance/1'],
    ...['portolan-attestation/1', 'portolan-exceptions/1'],
  ]);
  for (const format of ['portolan-report/2', '__proto__', 'constructor'])
    expect(publishedSchema(format)).toBeNull();
});

describe.each(FORMATS)('the schema of %s', (format) => {
  const [isValid, isValidClosed] = [compiled(format, false), compiled(format, true)];
  const data = allowedBy(publishedSchema(format)!);
  const runs = { numRuns: 60, seed: 20261128 };

  it('names itself by its format, which is its place, and says which JSON Schema it is of', () => {
    expect(publishedSchema(format)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:portolan:schema:${format}`,
      title: expect.stringMatching(/./),
    });
    expect(publishedSchema(format, { isClosed: true })!.$id).toBe(`urn:portolan:schema:${format}:closed`);
    expect(schemaPath(format)).toBe(`/api/v1/schemas/${format}`);
  });

  it('allows nothing that is not read', () => {
    fc.assert(
      fc.property(data, (made) => {
        expect(isValid(made) && isValidClosed(made)).toBe(true);
        expect(schemaOf(format)!.parse(made)).toEqual(made);
      }),
      runs,
    );
  });

  it('takes for wrong what a reader takes for wrong, and for right what it makes of the rest', () => {
    let wrong = 0;
    fc.assert(
      fc.property(damaged(data), (made) => {
        const read = schemaOf(format)!.safeParse(made);
        if (!read.success) wrong++;
        expect(isValid(made) && !read.success).toBe(false);
        // A reader fills in what reports were not asked for with in earlier days; the schema tells of what is written now.
        if (read.success) expect(isValid(read.data) || isValid.errors).toBe(true);
      }),
      runs,
    );
    expect(wrong).toBeGreaterThan(10);
  });

  it('lets the format grow, and closed does not', () => {
    fc.assert(
      fc.property(enlarged(data), (made) => {
        expect(isValid(made)).toBe(true);
        expect(isValidClosed(made)).toBe(false);
      }),
      runs,
    );
  });
});

it('hold the runs that there are, and 200 that nobody would wish for, closed', () => {
  const isValid = compiled('portolan-report/1', true);
  for (const made of [cleanSnapshot, driftSnapshot]) expect(isValid(made) || isValid.errors).toBe(true);
  fc.assert(
    fc.property(generatedSnapshot, (made) => {
      expect(isValid(made) || isValid.errors).toBe(true);
    }),
    { numRuns: 200, seed: 20261122 },
  );
});
