/*
 * What the environment says about alerts, value by value: where mail leaves, who hears of everything, which hosts inside are
 * meant. The messages never repeat what was given: it may be a password.
 */
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { z } from 'zod';
import { Concealed } from './concealed.js';

const ADDRESS = /^[^\s\p{C}<>()[\],;:"\\@]{1,64}@[^\s\p{C}<>()[\],;:"\\@]{1,255}$/u;

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** `smtp://user:password@host:587` or `smtps://…` */
export const SmtpUrl = z
  .string()
  .trim()
  .refine(isSmtpUrl, 'expected smtp://user:password@host:587, or smtps://… for TLS from the start')
  .transform((url) => new Concealed(url))
  .optional();

function isSmtpUrl(text: string): boolean {
  if (!/^smtps?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { hostname: host, pathname, search, hash, username, password } = new URL(text);
  try {
    decodeURIComponent(username + password);
  } catch {
    return false;
  }
  return host !== '' && /^\/?$/.test(pathname) && search === '' && hash === '';
}

export const MailFrom = z
  .string()
  .trim()
  .regex(ADDRESS, 'expected an e-mail address, such as portolan@example.org')
  .default(`portolan@${hostname().replace(/[^A-Za-z0-9.-]/g, '') || 'localhost'}`);

export const MailTo = z
  .string()
  .default('')
  .transform(listOf)
  .refine(
    (all) => all.every((one) => ADDRESS.test(one)),
    'expected e-mail addresses, with commas between them',
  );

/** Of the service, as its readers reach it. */
export const PublicUrl = z
  .string()
  .trim()
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || !/^https?:$/.test(url.protocol)) return false;
    return [url.username, url.password, url.search, url.hash].every((part) => part === '');
  }, 'expected http://… or https://…, without a user, a query or a fragment')
  .transform((text) => new URL(text).href.replace(/\/+$/, ''))
  .optional();

export const PrivateReceivers = z
  .string()
  .default('')
  .transform((text) => listOf(text).map((one) => one.toLowerCase().replace(/^\[(.*)]$/, '$1')))
  .refine(
    (all) => all.every((one) => isIP(one) !== 0 || /^[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?$/.test(one)),
    'expected names or addresses of hosts, with commas between them, without ports',
  );

/** 32 bytes, as `openssl rand -base64 32` gives them. */
export const SecretKey = z
  .string()
  .trim()
  .refine(
    (text) => /^[A-Za-z0-9+/]{43}=$/.test(text),
    'expected 32 bytes in base64, as `openssl rand -base64 32` gives them',
  )
  .transform((text) => new Concealed(text))
  .optional();

/** Addresses, or ranges of them. */
export const TrustedProxies = z
  .string()
  .default('')
  .transform(listOf)
  .refine(
    (all) => all.every((one) => isIP(one.replace(/\/\d{1,3}$/, '')) !== 0),
    'expected addresses or ranges such as 127.0.0.1 or 10.0.0.0/8, with commas between them',
  );
