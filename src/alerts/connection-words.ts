/*
 * Why a connection was not to be had, in a sentence for people: from the codes of Node, OpenSSL and nodemailer, never from
 * their messages, in which an address that somebody gave us may stand with its password.
 *
 * The trap: nodemailer puts a code of its own over the first one, and wraps an error in an error.
 */

interface Coded {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** The last is nodemailer's own, and looked for last. */
const WORDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^CERT_HAS_EXPIRED$/, 'its certificate has expired'],
  [/^CERT_NOT_YET_VALID$/, 'its certificate is not valid yet'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'its certificate is for another name'],
  [/^CERT_REVOKED$/, 'its certificate was revoked'],
  [
    /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_UNTRUSTED/,
    'its certificate is from an authority that is not known here; NODE_EXTRA_CA_CERTS may name it',
  ],
  [/^ECONNREFUSED$/, 'nobody listens there'],
  [/^(ENOTFOUND|EAI_AGAIN|EAI_NODATA|EDNS)$/, 'its name can’t be resolved'],
  [/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/, 'there is no way there'],
  [/^(EACCES|EPERM)$/, 'this machine does not let us go there'],
  [/^(ETIMEDOUT|ESOCKETTIMEDOUT|TimeoutError)$/, 'it does not answer in time'],
  [/^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/, 'it has broken off'],
  [/^(ERR_SSL_|ERR_TLS_|EPROTO$|ETLS$)/, 'it does not speak TLS, or none that we do'],
  [/^ECONNECTION$/, 'it has broken off'],
];

/** `nobody listens there`; says no more than that it failed where the reason is not known. */
export function whyNotConnected(error: unknown): string {
  const codes = codesOf(error);
  for (const [pattern, words] of WORDS) if (codes.some((code) => pattern.test(code))) return words;
  const code = codes.find((one) => /^[A-Z0-9_]{3,60}$/.test(one));
  return code ? `the connection failed (${code})` : 'the connection failed';
}

function codesOf(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > 4) return [];
  const { code, originalCode, cause, errors = [] } = error as Coded;
  const name = error instanceof Error ? [error.name] : [];
  const own = [originalCode, code, ...name].filter((one): one is string => typeof one === 'string');
  return [...own, ...[cause, ...errors].flatMap((inner) => codesOf(inner, depth + 1))];
}
