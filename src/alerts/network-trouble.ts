/*
 * Why a connection came to nothing, in a sentence. The promise: Node's own message, which has names and addresses in it, is
 * not repeated; what is not known here is told by its code.
 */

const UNKNOWN = 'its certificate is signed by nobody that this machine knows';

const SENTENCES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name has no address',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut off',
  EPIPE: 'the connection was cut off',
  ETIMEDOUT: 'the connection could not be made in time',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  CERT_HAS_EXPIRED: 'its certificate has expired; it has to be renewed there',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; one of the two clocks may be wrong',
  CERT_REVOKED: 'its certificate has been revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN,
  // nodemailer's own
  EDNS: 'its name could not be looked up',
  ECONNECTION: 'the connection was cut off',
  ETLS: 'TLS could not be agreed upon',
};

export function troubleOf(error: unknown): string {
  // Where a name has several addresses, Node tells of all the tries at once.
  const one = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  // nodemailer puts a code of its own over the first one.
  const { originalCode, code = null } = (one ?? {}) as { originalCode?: unknown; code?: unknown };
  return sentenceOf(originalCode ?? code);
}

function sentenceOf(code: unknown): string {
  if (typeof code !== 'string' || !/^[A-Z][A-Z0-9_]*$/.test(code)) return 'the connection failed';
  if (/^(HPE_|ERR_HTTP)/.test(code)) return 'the answer was not HTTP';
  if (/^(ERR_SSL_|EPROTO$)/.test(code)) return 'TLS could not be agreed upon';
  return SENTENCES[code] ?? `the connection failed (${code})`;
}
