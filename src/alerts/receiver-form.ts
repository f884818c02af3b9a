/*
 * A receiver as a form has it: every field a text, as it stands in the inventory's file, so that what is not touched is not written
 * anew, and what is wrong is said in the file's own words. Pure.
 *
 * The trap is a secret in the place of its name: what looks like an address is refused before it can stand in a file.
 */
import { z } from 'zod';
import type { Edit } from '../domain/inventory-edit.js';
import type { Entry } from '../domain/inventory-edit-steps.js';
import { CHANNEL_TYPES } from '../domain/receiver.js';
import type { Plain } from '../domain/yaml-layout.js';
import { readBody } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { type Raw, rawText, textField, wordsIn } from './form-texts.js';
import { CHANNEL_FORMS, channelForm, FIELDS_OF_ALL, type ReceiverField } from './receiver-fields.js';

const tick = z.literal('yes').optional();

const ReceiverForm = z.object({
  /** The receiver that is changed; empty for a new one. */
  known: textField,
  type: z.enum(CHANNEL_TYPES, 'expected a type of receiver'),
  ...{ name: textField, to: textField, toOwner: tick, vaultName: textField, chat: textField },
  ...{ phoneId: textField, template: textField, language: textField, region: textField, url: textField },
  ...{ host: textField, port: textField, format: textField, tls: tick, room: textField },
  ...{ details: tick, digest: textField, timezone: textField },
});
export type ReceiverFields = z.output<typeof ReceiverForm>;

export const readReceiverForm = (body: unknown): ReceiverFields => readBody(ReceiverForm, body);

/** A new one, as it is usual. */
export function freshReceiver(type: string): ReceiverFields | null {
  const form = channelForm(type);
  return form && fieldsOfReceiver({ type: form.type });
}

/** As the file has it. @param type another one that it is to become */
export function fieldsOfReceiver(raw: Raw, type = rawText(raw.type)): ReceiverFields {
  const keys = [...(channelForm(type)?.fields ?? []), ...FIELDS_OF_ALL];
  const texts = keys.flatMap((field): Array<[string, string]> => {
    const value = raw[field.key] ?? field.usual;
    if (field.as === 'tick') return value === true ? [[field.key, 'yes']] : [];
    if (field.as === 'people' && value === 'owner') return [['toOwner', 'yes']];
    return [[nameOf(field), rawText(value)]];
  });
  const name = rawText(raw.name);
  return ReceiverForm.parse({ ...Object.fromEntries(texts), known: name, name, type });
}

/** The same as an edit of the file. @param raw what stands there; null for a new one */
export function receiverEdit(fields: ReceiverFields, raw: Raw | null): Edit {
  const { type, name } = fields;
  if (isNoName(fields.vaultName))
    throw new Refusal(
      'bad-input',
      'what stands where the name of a secret belongs looks like an address, and was not taken: choose a name, and keep the address itself under it',
    );
  const form = channelForm(type)!;
  const others = CHANNEL_FORMS.flatMap((one) => one.fields.map(({ key }) => [key, null] as const));
  const own = [...form.fields, ...FIELDS_OF_ALL].map(
    (field) => [field.key, valueFor(field, fields, raw?.[field.key])] as const,
  );
  const entry: Entry = { name, type, ...Object.fromEntries(own) };
  const whole = { ...(raw ? Object.fromEntries(others) : {}), ...entry };
  return { edit: 'put', section: 'receivers', name, entry: whole, keep: true };
}

/** Somebody's webhook, as it seems: it is taken into no file, and not shown again either. */
const isNoName = (text: string): boolean => text.includes('://');

/** What is usual is not written where it did not stand before. */
function valueFor(field: ReceiverField, fields: ReceiverFields, old: unknown): Plain | null {
  const value = writtenIn(field, fields);
  const isAsBefore =
    typeof value !== 'boolean' && value !== 'owner' && fields[nameOf(field)] === rawText(old);
  if (isAsBefore) return (old ?? null) as Plain | null;
  return value === field.usual && (old === undefined || old === null) ? null : value;
}

function writtenIn(field: ReceiverField, fields: ReceiverFields): Plain | null {
  if (field.as === 'tick') return fields[field.key as 'tls' | 'details'] === 'yes';
  const text = fields[nameOf(field)] ?? '';
  if (field.as === 'people') {
    if (fields.toOwner === 'yes') return 'owner';
    return text === '' ? null : wordsIn(text);
  }
  if (text === '') return null;
  return field.as === 'number' && /^\d{1,9}$/.test(text) ? Number(text) : text;
}

type TextName = Exclude<keyof ReceiverFields, 'type' | 'tls' | 'details' | 'toOwner'>;

const nameOf = ({ as, key }: ReceiverField): TextName => (as === 'vault' ? 'vaultName' : key) as TextName;

/** As the template draws it. */
export function receiverFormView(fields: ReceiverFields) {
  const form = channelForm(fields.type)!;
  const drawn = (all: readonly ReceiverField[]) => all.map((field) => fieldView(field, fields));
  return {
    ...{ known: fields.known, name: fields.name, type: fields.type, label: form.label, about: form.about },
    own: drawn(form.fields),
    ofAll: drawn(FIELDS_OF_ALL),
  };
}

function fieldView(field: ReceiverField, fields: ReceiverFields) {
  const { key, label, as, isNeeded = false, placeholder = '', choices = [], usual = '', help = null } = field;
  const text = as === 'tick' ? '' : (fields[nameOf(field)] ?? '');
  const value = as === 'vault' && isNoName(text) ? '' : text;
  const offered = value === '' || choices.includes(value) ? choices : [...choices, value];
  return {
    ...{ key, name: nameOf(field), label, as, isNeeded, help, value },
    placeholder: placeholder || (usual === '' ? '' : String(usual)),
    isTicked: as === 'tick' ? fields[key as 'tls' | 'details'] === 'yes' : fields.toOwner === 'yes',
    choices: offered.map((one) => ({ value: one, isChosen: one === (value || usual) })),
  };
}
