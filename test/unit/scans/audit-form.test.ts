/* An audit's form against the file: what is not touched stays as it was written, and what is wrong is said in the file's own words. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { editInventory } from '../../../src/domain/inventory-edit.js';
import { entriesOf } from '../../../src/domain/inventory-entries.js';
import { parseInventory } from '../../../src/domain/inventory-file.js';
import { auditEdit, EMPTY_FORM, fieldsIn, readAuditForm } from '../../../src/scans/audit-form.js';

const FILE = `version: 1
hosts:
  - { name: web-1, address: 127.0.0.1, tags: [web] } # the shop
audits:
  # every night
  - name: nightly
    hosts: { tags: [web], addresses: [127.0.0.8/30] }
    ports: 1-1024 # enough
    schedule: "0 2 * * *"
    timezone: Europe/Berlin
    timing: far
    confirm: { times: 2, afterMs: 5000 }
    open: { times: 2, of: 3 }
  - { name: watch, hosts: all, ports: declared, every: 60s }
`;
const auditsOf = (text: string) => entriesOf([{ file: 'inventory.yaml', value: parse(text) }], 'audits');
const AUDITS = auditsOf(FILE);

function saved(fields: ReturnType<typeof readAuditForm>, text = FILE): string {
  const edited = editInventory(text, auditEdit(fields));
  if (!edited.ok) throw new Error(edited.problem);
  return edited.text;
}

describe('the form of an audit', () => {
  it.each(['nightly', 'watch'])('that nobody has touched changes nothing of %s', (name) => {
    expect(saved(fieldsIn(AUDITS, name)!)).toBe(FILE);
  });

  it('changes what was changed, and keeps comments and what it does not show', () => {
    const fields = fieldsIn(AUDITS, 'nightly')!;
    const text = saved({ ...fields, schedule: '0 4 * * *', ratePerSecond: '200' });
    expect(text).toMatch(/^ {4}schedule: "?0 4 \* \* \*"?$/m);
    for (const kept of [
      '# every night',
      '# enough',
      '# the shop',
      'timing: far',
      'open: { times: 2, of: 3 }',
    ])
      expect(text).toContain(kept);
    const read = parseInventory([{ file: 'inventory.yaml', text }]);
    expect(read.ok && read.inventory.audits[0]).toMatchObject({ ratePerSecond: 200, timeoutMs: 15_000 });
  });

  it('takes a schedule away where it is to run by hand', () => {
    const text = saved({ ...fieldsIn(AUDITS, 'nightly')!, kind: 'none' });
    const read = parseInventory([{ file: 'inventory.yaml', text }]);
    expect(read.ok && read.inventory.audits[0]!.schedule).toBeNull();
  });

  it('makes a new one beside the others', () => {
    const text = saved({ ...EMPTY_FORM, name: 'new', kind: 'every', every: '6h', ports: '443' });
    const read = parseInventory([{ file: 'inventory.yaml', text }]);
    expect(read.ok && read.inventory.audits.map(({ name }) => name)).toEqual(['nightly', 'watch', 'new']);
    expect(read.ok && read.inventory.audits[2]!.schedule).toEqual({ kind: 'every', everyMs: 21_600_000 });
  });

  it('leaves it to the file to say what is wrong', () => {
    const text = saved({ ...fieldsIn(AUDITS, 'watch')!, every: 'often', ports: '99999' });
    const read = parseInventory([{ file: 'inventory.yaml', text }]);
    expect(read.ok).toBe(false);
    expect(read.ok ? [] : read.problems.map(({ message }) => message).join()).toMatch(/often.*|99999/);
  });

  it('shows text of others as text', () => {
    const odd = 'a/b?c%2Fd#e&f"g';
    const text = saved({ ...EMPTY_FORM, name: odd, kind: 'none' });
    expect(fieldsIn(auditsOf(text), odd)).toMatchObject({ name: odd, all: 'yes', kind: 'none' });
  });

  it('refuses what is no form', () => {
    expect(() => readAuditForm({ name: ['a'] })).toThrow('that can’t be read');
    expect(() => readAuditForm({ name: 'a'.repeat(5000) })).toThrow('at most 4000');
    expect(() => readAuditForm({ kind: 'sometimes' })).toThrow('that can’t be read');
  });
});
