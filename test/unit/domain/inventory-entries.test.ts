/* Entries of an inventory as its files have them, and which of them is the same one in a later version. */
import { expect, it } from 'vitest';
import { entriesOf, foundAgain } from '../../../src/domain/inventory-entries.js';
import { parseInventory, type Source } from '../../../src/domain/inventory-file.js';
import { readYaml } from '../../../src/domain/inventory-yaml.js';

const contentOf = ({ file, text }: Source) => {
  const read = readYaml(file, text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return { file, value: read.yaml.value };
};
const exception = (reason: string, ports = 1): string =>
  `{ host: web, ports: [${ports}], reason: ${reason}, approvedBy: CISO, expires: 2027-01-01 }`;
const MAIN: Source = {
  file: 'a.yaml',
  text: `version: 1\nowners: { shop: { name: Shop } }\nhosts: [{ name: web, address: 127.0.0.1 }]\nexceptions:\n  - ${exception('one')}\n  - ${exception('two')}\n`,
};
const MORE: Source = {
  file: 'b.yaml',
  text: `version: 1\nowners:\nwindows: [{ name: w, kind: blackout, from: 2026-01-01, until: 2026-01-02 }]\nexceptions: [${exception('three')}]\n`,
};
const entries = (sources: readonly Source[]) => entriesOf(sources.map(contentOf), 'exceptions');

it('stand in the order of the inventory, each with its file and its place', () => {
  const read = parseInventory([MAIN, MORE]);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const found = entries([MAIN, MORE]);
  expect(found.map(({ entry }) => entry.reason)).toEqual(
    read.inventory.exceptions.map(({ reason }) => reason),
  );
  expect(found.map(({ file, item }) => [file, ...item])).toEqual([
    ['a.yaml', 'exceptions', 0],
    ['a.yaml', 'exceptions', 1],
    ['b.yaml', 'exceptions', 0],
  ]);
  expect(found[0]!.name).toBeNull();
  expect(entriesOf([contentOf(MAIN)], 'owners')).toMatchObject([{ name: 'shop', item: ['owners', 'shop'] }]);
  expect(entriesOf([contentOf(MORE)], 'windows')).toMatchObject([{ name: 'w', item: ['windows', 0] }]);
  expect(entriesOf([contentOf(MORE)], 'owners')).toEqual([]);
});

it('what has no name is found again by what it says, and by nothing else', () => {
  const [one, two] = entries([MAIN]);
  const shifted: Source = { ...MAIN, text: MAIN.text.replace(`  - ${exception('one')}\n`, '') };
  expect(foundAgain(two!, entries([shifted]))).toMatchObject({ item: ['exceptions', 0] });
  expect(foundAgain(one!, entries([shifted]))).toBeNull();
  const changed: Source = { ...MAIN, text: MAIN.text.replace(exception('two'), exception('two', 2)) };
  expect(foundAgain(two!, entries([changed]))).toBeNull();
  const moved: Source = { ...MORE, text: MORE.text.replace(exception('three'), exception('two')) };
  expect(foundAgain(two!, entries([shifted, moved]))).toMatchObject({ file: 'a.yaml' });
  expect(foundAgain(two!, entries([moved]))).toMatchObject({ file: 'b.yaml' });
});

it('of two that say the same it is the one in its place', () => {
  const twice: Source = { ...MAIN, text: MAIN.text.replace(exception('one'), exception('two')) };
  const [first, second] = entries([twice]);
  expect(foundAgain(second!, entries([twice]))!.item).toEqual(second!.item);
  expect(foundAgain(first!, entries([twice]))!.item).toEqual(first!.item);
});

it('what has a name is found again by it', () => {
  const [owner] = entriesOf([contentOf(MAIN)], 'owners');
  const renamed: Source = { ...MAIN, text: MAIN.text.replace('name: Shop', 'name: Other') };
  expect(foundAgain(owner!, entriesOf([contentOf(renamed)], 'owners'))).toMatchObject({
    entry: { name: 'Other' },
  });
  expect(foundAgain(owner!, entriesOf([contentOf(MORE)], 'owners'))).toBeNull();
});
