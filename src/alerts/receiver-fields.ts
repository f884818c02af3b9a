/*
 * What each type of receiver is asked for in its form: its keys in the inventory, in words. What is right in them is the inventory's
 * to say (domain/inventory-alerts-schema.ts); a test holds that each of its keys has a field here.
 */
import type { ChannelType } from '../domain/receiver.js';

export interface ReceiverField {
  /** The key in the inventory's file. */
  readonly key: string;
  readonly label: string;
  /** `people` are e-mail addresses, or whoever owns what it is about; `vault` is the name of a secret. */
  readonly as: 'text' | 'people' | 'number' | 'choice' | 'tick' | 'vault';
  readonly isNeeded?: boolean;
  readonly placeholder?: string;
  readonly choices?: readonly string[];
  /** What it is where the file does not say. */
  readonly usual?: string | number | boolean;
  readonly help?: string;
}

export interface ChannelForm {
  readonly type: ChannelType;
  readonly label: string;
  /** What one needs to have one. */
  readonly about: string;
  readonly fields: readonly ReceiverField[];
}

const vault = (what: string, isNeeded = true): ReceiverField => ({
  key: 'secret',
  label: isNeeded ? 'Name of its secret' : 'Name of its secret, where it has one',
  as: 'vault',
  isNeeded,
  placeholder: 'ops-chat',
  help: `Not the secret itself, which is ${what}: only the name under which this service keeps it.`,
});

const region: ReceiverField = {
  ...{ key: 'region', label: 'Region', as: 'choice', choices: ['us', 'eu'], usual: 'us' },
};
const url = (placeholder: string): ReceiverField => ({
  ...{ key: 'url', label: 'Address', as: 'text', isNeeded: true, placeholder },
});

export const CHANNEL_FORMS: readonly ChannelForm[] = [
  {
    type: 'email',
    label: 'E-mail',
    about: 'By the mail server of this service. Needs nothing else.',
    fields: [{ key: 'to', label: 'To', as: 'people', placeholder: 'ops@example.test, night@example.test' }],
  },
  {
    type: 'slack',
    label: 'Slack',
    about: 'An incoming webhook of a channel.',
    fields: [vault('the address of the incoming webhook')],
  },
  {
    type: 'teams',
    label: 'Microsoft Teams',
    about: 'A workflow that posts to a channel.',
    fields: [vault('the address of the workflow')],
  },
  {
    type: 'discord',
    label: 'Discord',
    about: 'A webhook of a channel.',
    fields: [vault('the address of the webhook')],
  },
  {
    type: 'telegram',
    label: 'Telegram',
    about: 'A bot, and the chat that it writes to.',
    fields: [
      vault('the token of the bot'),
      { key: 'chat', label: 'Chat', as: 'text', isNeeded: true, placeholder: '-1001234567890' },
    ],
  },
  {
    type: 'whatsapp',
    label: 'WhatsApp',
    about: 'A sender of the WhatsApp Business platform, and a template that Meta has approved.',
    fields: [
      vault('the access token'),
      { key: 'phoneId', label: 'Id of the sender’s number', as: 'text', isNeeded: true },
      { key: 'to', label: 'To', as: 'text', isNeeded: true, placeholder: '+49 151 …' },
      {
        ...{ key: 'template', label: 'Template', as: 'text', isNeeded: true, placeholder: 'portolan_alert' },
        help: 'With one parameter: what there is to tell.',
      },
      { key: 'language', label: 'Its language', as: 'text', usual: 'en' },
    ],
  },
  {
    type: 'pagerduty',
    label: 'PagerDuty',
    about: 'An integration of a service (Events API v2).',
    fields: [vault('the integration key'), region],
  },
  {
    type: 'opsgenie',
    label: 'Opsgenie',
    about: 'An API integration of a team.',
    fields: [vault('the API key'), region],
  },
  {
    type: 'webhook',
    label: 'Webhook',
    about: 'A program of yours, told by Standard Webhooks, signed.',
    fields: [url('https://hooks.example.test/portolan'), vault('what signs each message')],
  },
  {
    type: 'syslog',
    label: 'Syslog',
    about: 'A collector, by TLS (RFC 5425) or in the clear (RFC 6587).',
    fields: [
      { key: 'host', label: 'Host', as: 'text', isNeeded: true, placeholder: 'logs.example.test' },
      { key: 'port', label: 'Port', as: 'number', usual: 6514 },
      { key: 'format', label: 'Format', as: 'choice', choices: ['rfc5424', 'cef'], usual: 'rfc5424' },
      { key: 'tls', label: 'By TLS', as: 'tick', usual: true },
    ],
  },
  {
    type: 'ntfy',
    label: 'ntfy',
    about: 'A topic of an ntfy server.',
    fields: [url('https://ntfy.example.test/portolan'), vault('an access token', false)],
  },
  {
    type: 'matrix',
    label: 'Matrix',
    about: 'A room, and an account that writes to it.',
    fields: [
      url('https://matrix.example.test'),
      { key: 'room', label: 'Room', as: 'text', isNeeded: true, placeholder: '!abc:example.test' },
      vault('the access token of the account'),
    ],
  },
];

/** Of every type. */
export const FIELDS_OF_ALL: readonly ReceiverField[] = [
  {
    ...{ key: 'details', label: 'With hosts and ports', as: 'tick', usual: true },
    help: 'Without, a message has a link, and how much it is about.',
  },
  {
    ...{ key: 'digest', label: 'All at once at these times', as: 'text', placeholder: '0 8 * * 1-5' },
    help: 'Cron, five fields. Empty: as it comes.',
  },
  { key: 'timezone', label: 'in the time zone', as: 'text', placeholder: 'Europe/Berlin' },
];

export const channelForm = (type: string): ChannelForm | null =>
  CHANNEL_FORMS.find((one) => one.type === type) ?? null;
