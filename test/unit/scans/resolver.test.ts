/* What the resolver makes of a name server's answers, which are fake: no name is asked for. */
import { describe, expect, it } from 'vitest';
import { resolveNames } from '../../../src/scans/resolver.js';
import { inventoryOf } from '../../support/builders.js';

const NAME = 'shop.example.test';
type Answers = Partial<Record<0 | 4 | 6, readonly string[] | string>>;

/** Of each kind of look-up the addresses, or the code of its failure; what is not given must not be asked for. */
async function resolved(answers: Answers, hostsFile = '', name = NAME): Promise<Record<string, string[]>> {
  const { hosts } = inventoryOf(
    `hosts: [{ name: shop, address: ${name} }]\naudits: [{ name: a, hosts: all, ports: "1" }]`,
  );
  return resolveNames(hosts, {
    hostsFile: async () => hostsFile,
    lookUp: async (asked, family) => {
      expect(asked).toBe(name);
      const answer = answers[family];
      if (answer === undefined) throw new Error(`nobody was to ask for family ${family}`);
      if (typeof answer === 'string') throw Object.assign(new Error(answer), { code: answer });
      return answer;
    },
  });
}

describe('a name', () => {
  it('has all of its addresses, each once, in order', async () => {
    expect(await resolved({ 0: ['::1', '127.0.0.2', '127.0.0.2', '0:0::1'] })).toEqual({
      [NAME]: ['127.0.0.2', '::1'],
    });
  });

  it('that does not exist has none, and nothing failed', async () => {
    expect(await resolved({ 0: 'ENOTFOUND' })).toEqual({ [NAME]: [] });
  });

  it('that could not be looked up has none either, and is told from it', async () => {
    const failed = { [NAME]: [], [`${NAME} A`]: [], [`${NAME} AAAA`]: [] };
    expect(await resolved({ 0: 'EAI_AGAIN' })).toEqual(failed);
  });

  it.each(['ENOTFOUND', 'ENODATA'])('that has no AAAA record (%s) is whole without', async (code) => {
    expect(await resolved({ 0: ['127.0.0.2'], 6: code })).toEqual({ [NAME]: ['127.0.0.2'] });
  });

  it.each(['EAI_AGAIN', 'EAI_FAIL', 'ESERVFAIL', 'ETIMEOUT'])(
    'whose AAAA records alone could not be looked up (%s) keeps the others, and it is told',
    async (code) => {
      expect(await resolved({ 0: ['127.0.0.2'], 6: code })).toEqual({
        [NAME]: ['127.0.0.2'],
        [`${NAME} AAAA`]: [],
      });
      expect(await resolved({ 0: ['::2'], 4: code })).toEqual({ [NAME]: ['::2'], [`${NAME} A`]: [] });
    },
  );

  it('whose other records come when they are asked for by themselves has them all', async () => {
    expect(await resolved({ 0: ['::2'], 4: ['127.0.0.2'] })).toEqual({ [NAME]: ['127.0.0.2', '::2'] });
  });

  it('that the system knows by itself has no other records: no name server is asked', async () => {
    const file = `127.0.0.1 localhost\n127.0.0.2\tOther  Shop.example.test # this one\n`;
    expect(await resolved({ 0: ['127.0.0.2'] }, file)).toEqual({ [NAME]: ['127.0.0.2'] });
    expect(await resolved({ 0: ['127.0.0.1'] }, '', 'localhost')).toEqual({ localhost: ['127.0.0.1'] });
    const comment = `127.0.0.2 other # ${NAME}`;
    await expect(resolved({ 0: ['127.0.0.2'], 6: 'EAI_AGAIN' }, comment)).resolves.toHaveProperty([
      `${NAME} AAAA`,
    ]);
  });
});
