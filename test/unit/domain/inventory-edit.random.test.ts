/*
 * Any edit of any inventory: random hosts, written in several manners, with comments between and beside everything.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffInventories } from '../../../src/domain/inventory-diff.js';
import { type Edit, editInventory } from '../../../src/domain/inventory-edit.js';
import { parseInventory } from '../../../src/domain/inventory-file.js';

function made(text: string, ...edits: Edit[]): string {
  return edits.reduce((before, edit) => {
    const result = editInventory(before, edit);
    if (!result.ok) throw new Error(result.problem);
    return result.text;
  }, text);
}

const valid = (text: string) => {
  const read = parseInventory([{ file: 'a.yaml', text }]);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.inventory;
};

const word = fc.constantFrom(
  'web',
  'db',
  'mail',
  'a b',
  "it's",
  '12',
  'true',
  'x: y',
  '# no',
  '<i>',
  'ünï',
  'null',
);
const declaration = fc.record(
  { port: fc.integer({ min: 0, max: 65_535 }), expect: fc.constantFrom('open', 'closed'), why: word },
  { requiredKeys: ['port', 'expect'] },
);
const manner = fc.record({
  flowHosts: fc.boolean(),
  flowPorts: fc.boolean(),
  comments: fc.boolean(),
  crlf: fc.boolean(),
  endless: fc.boolean(),
});
const randomHosts = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 250 }),
    ports: fc.uniqueArray(declaration, { maxLength: 4, selector: ({ port }) => port }),
  }),
  { minLength: 1, maxLength: 5, selector: ({ id }) => id },
);

function written(
  hosts: ReturnType<typeof randomHosts.generate>['value'],
  how: ReturnType<typeof manner.generate>['value'],
) {
  const note = (text: string) => (how.comments ? ` # ${text}` : '');
  const line = (text: string) => (how.comments ? `    # ${text}\n` : '');
  const q = (value: unknown) => JSON.stringify(value);
  const map = (port: object) =>
    `{ ${Object.entries(port)
      .map(([key, value]) => `${key}: ${q(value)}`)
      .join(', ')} }`;
  const list = hosts.map(({ id, ports }) => {
    if (how.flowHosts)
      return `  - { name: h${id}, address: 127.0.0.${id}, ports: [${ports.map(map).join(', ')}] }${note('flow')}\n`;
    const head = `  - name: h${id}${note('name')}\n${line('between')}    address: 127.0.0.${id}\n`;
    if (ports.length === 0) return head;
    if (how.flowPorts) return `${head}    ports: [ ${ports.map(map).join(', ')} ]${note('ports')}\n`;
    return `${head}    ports:${note('ports')}\n${ports.map((port) => `${line('port')}    - ${map(port)}${note('one')}\n`).join('')}`;
  });
  let text = `${how.comments ? '# head\n' : ''}version: 1\nhosts:\n${list.join(how.comments ? '\n  # next\n' : '')}`;
  if (how.endless) text = text.trimEnd();
  else text += `audits:\n  - { name: n, hosts: all, ports: declared }\n`;
  return how.crlf ? text.replaceAll('\n', '\r\n') : text;
}

describe('any edit of any inventory', () => {
  it('declares what is asked for, moves nothing else, and its inverse gives the same inventory', () => {
    fc.assert(
      fc.property(randomHosts, manner, declaration, fc.nat(), (hosts, how, fresh, pick) => {
        const text = written(hosts, how);
        const { id, ports } = hosts[pick % hosts.length]!;
        fc.pre(!ports.some(({ port }) => port === fresh.port));
        const after = made(text, { edit: 'declare', host: `h${id}`, declarations: [fresh] });
        const host = valid(after).hosts.find(({ name }) => name === `h${id}`)!;
        expect(host.ports).toHaveLength(ports.length + 1);
        expect(host.ports.at(-1)).toMatchObject({ expect: fresh.expect, why: fresh.why?.trim() ?? null });
        expect(isInsertion(text, after)).toBe(true);
        const back = made(after, { edit: 'undeclare', host: `h${id}`, ports: String(fresh.port) });
        expect(diffInventories(valid(text), valid(back))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('adds and removes hosts, and the rest of the text stays byte for byte', () => {
    fc.assert(
      fc.property(randomHosts, manner, word, fc.nat(), (hosts, how, why, pick) => {
        const text = written(hosts, how);
        const entry = { address: '127.0.1.1', ports: [{ port: 1, expect: 'open', why }] };
        const after = made(text, { edit: 'put', section: 'hosts', name: 'fresh', entry });
        expect(isInsertion(text, after)).toBe(true);
        const back = made(after, { edit: 'remove', section: 'hosts', name: 'fresh' });
        expect(back === text || back === `${text}${how.crlf ? '\r\n' : '\n'}`).toBe(true);
        const { id } = hosts[pick % hosts.length]!;
        const less = made(after, { edit: 'remove', section: 'hosts', name: `h${id}` });
        expect(isInsertion(less, after)).toBe(true);
        expect(valid(less).hosts).toHaveLength(hosts.length);
      }),
      { numRuns: 100 },
    );
  });
});

/** Is the longer text the shorter one with one piece put in? */
function isInsertion(short: string, long: string): boolean {
  let head = 0;
  while (head < short.length && short[head] === long[head]) head++;
  return long.endsWith(short.slice(head));
}
