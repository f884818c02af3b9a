/* A receiver's form against the file: every key has a field, what is not touched stays as it was written, and no secret gets in. */
import { describe, expect, it } from 'vitest';
import { CHANNEL_FORMS, FIELDS_OF_ALL } from '../../../src/alerts/receiver-fields.js';
import {
  fieldsOfReceiver,
  freshReceiver,
  readReceiverForm,
  receiverEdit,
  receiverFormView,
} from '../../../src/alerts/receiver-form.js';
import { receiver } from '../../../src/domain/inventory-alerts-schema.js';
import { editInventory } from '../../../src/domain/inventory-edit.js';
import { parseInventory } from '../../../src/domain/inventory-file.js';
import { readYaml } from '../../../src/domain/inventory-yaml.js';
import { CHANNEL_TYPES } from '../../../src/domain/receiver.js';

/** One of each type with every key, in several manners of writing. */
const FILE = `version: 1
receivers:
  # mail
  - { name: mail, type: email, to: [a@example.test,   "b@example.test"], details: true } # both
  - { name: owners, type: email, to: owner, digest: "0 8 * * 1", timezone: Europe/Berlin }
  - name: chat # the room
    type: slack
    # below
    secret: chat-hook
    details: false
  - { name: teams, type: teams, secret: t }
  - { name: disc, type: discord, secret: d }
  - { name: tele, type: telegram, secret: b, chat: "-100" }
  - { name: wa, type: whatsapp, secret: w, phoneId: "1", to: "+49 1", template: x, language: de }
  - { name: pager, type: pagerduty, secret: p, region: eu }
  - { name: genie, type: opsgenie, secret: o, region: us }
  - { name: hook, type: webhook, secret: h, url: "https://example.test" }
  - { name: log, type: syslog, host: LOGS.example.test, port: 6514, format: cef, tls: false }
  - { name: top, type: ntfy, url: "https://ntfy.example.test/x" }
  - { name: room, type: matrix, secret: m, url: "https://m.example.test", room: "!r:example.test" }
`;
const rawOf = (name: string, text = FILE): Record<string, unknown> => {
  const read = readYaml('a.yaml', text);
  const { receivers } = (read.ok ? read.yaml.value : {}) as { receivers: Array<Record<string, unknown>> };
  return receivers.find((one) => one.name === name)!;
};
const NAMES = [...FILE.matchAll(/name: (\S+?),? /g)].map(([, name]) => name!);

function saved(
  fields: ReturnType<typeof readReceiverForm>,
  raw: Record<string, unknown> | null,
  text = FILE,
): string {
  const edited = editInventory(text, receiverEdit(fields, raw));
  if (!edited.ok) throw new Error(edited.problem);
  return edited.text;
}

const receiverIn = (text: string, name: string) => {
  const read = parseInventory([{ file: 'a.yaml', text }]);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.inventory.receivers.find((one) => one.name === name);
};

describe('the form of a receiver', () => {
  it('is there for each type, with a field for each of its keys', () => {
    expect(CHANNEL_FORMS.map(({ type }) => type)).toEqual(CHANNEL_TYPES);
    for (const { type, fields } of CHANNEL_FORMS) {
      const read = receiver.safeParse({ type, nonsense: 1 });
      const known = read
        .error!.issues.map(({ message }) => /^known keys: (.*)$/.exec(message)?.[1])
        .find(Boolean)!;
      const keys = ['name', 'type', ...[...fields, ...FIELDS_OF_ALL].map(({ key }) => key)];
      expect(known.split(' ').sort()).toEqual(keys.sort());
    }
  });

  it.each(NAMES)('that nobody has touched changes nothing of %s', (name) => {
    expect(NAMES).toHaveLength(13);
    expect(saved(fieldsOfReceiver(rawOf(name)), rawOf(name))).toBe(FILE);
  });

  it('changes what was changed, and keeps comments', () => {
    const fields = { ...fieldsOfReceiver(rawOf('chat')), vaultName: 'other-hook', details: 'yes' as const };
    const text = saved(fields, rawOf('chat'));
    expect(text).toBe(
      FILE.replace('secret: chat-hook', 'secret: other-hook').replace('details: false', 'details: true'),
    );
    const untold = saved({ ...fieldsOfReceiver(rawOf('log')), port: '601', tls: 'yes' }, rawOf('log'));
    expect(receiverIn(untold, 'log')).toMatchObject({ port: 601, tls: true, format: 'cef' });
    expect(
      saved({ ...fieldsOfReceiver(rawOf('owners')), digest: '', timezone: '' }, rawOf('owners')),
    ).toContain('{ name: owners, type: email, to: owner }');
  });

  it('writes nothing that is usual of a new one', () => {
    const fields = { ...freshReceiver('syslog')!, name: 'new', host: 'logs.example.test' };
    expect(saved(fields, null)).toBe(`${FILE}  - { name: new, type: syslog, host: logs.example.test }\n`);
    const mail = { ...freshReceiver('email')!, name: 'new', to: 'a@example.test; b@example.test' };
    expect(saved(mail, null)).toBe(
      `${FILE}  - { name: new, type: email, to: [ a@example.test, b@example.test ] }\n`,
    );
    expect(saved({ ...mail, toOwner: 'yes' }, null)).toContain('{ name: new, type: email, to: owner }');
  });

  it('makes one another type, without the keys of the old one', () => {
    const text = saved({ ...fieldsOfReceiver(rawOf('wa'), 'telegram'), chat: '@night' }, rawOf('wa'));
    expect(receiverIn(text, 'wa')).toMatchObject({ type: 'telegram', secret: 'w', chat: '@night' });
    expect(text).not.toContain('phoneId');
  });

  it('refuses an address where the name of a secret belongs, and does not repeat it', () => {
    const fields = {
      ...freshReceiver('slack')!,
      name: 'new',
      vaultName: 'https://hooks.slack.com/services/T0/B0/VERYSECRET',
    };
    expect(() => receiverEdit(fields, null)).toThrow('looks like an address');
    expect(() => receiverEdit(fields, null)).not.toThrow('VERYSECRET');
  });

  it('leaves it to the file to say what is wrong', () => {
    for (const [more, message] of [
      [{ port: '99999', host: 'a' }, '99999'],
      [{ port: 'many', host: 'a' }, 'many'],
      [{ host: '<b>' }, '<b>'],
      [{ host: 'a', digest: 'now and then' }, 'now and then'],
      [{ host: 'a', timezone: 'Europe/Berlin' }, 'digest'],
      [{ host: 'a', name: 'two words' }, 'two words'],
    ] as const) {
      const text = saved({ ...freshReceiver('syslog')!, name: 'new', ...more }, null);
      const read = parseInventory([{ file: 'a.yaml', text }]);
      expect(read.ok ? '' : read.problems.map((one) => one.message).join()).toContain(message);
    }
  });

  it('refuses what is no form', () => {
    for (const body of [
      {},
      { type: 'fax' },
      { type: ['slack'] },
      { type: 'slack', name: ['a'] },
      { type: 'slack', name: 'a'.repeat(5000) },
    ])
      expect(() => readReceiverForm(body)).toThrow('that can’t be read');
    expect(freshReceiver('fax')).toBeNull();
  });

  it('shows a choice that it does not know, where it stands in the file', () => {
    const view = receiverFormView({ ...freshReceiver('pagerduty')!, region: 'mars' });
    expect(view.own.find(({ key }) => key === 'region')!.choices).toEqual([
      ...[
        { value: 'us', isChosen: false },
        { value: 'eu', isChosen: false },
        { value: 'mars', isChosen: true },
      ],
    ]);
  });
});
