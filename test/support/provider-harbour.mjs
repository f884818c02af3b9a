/*
 * A real identity provider on 127.0.0.1, for tests of single sign-on: it knows people and their groups, lets in whoever a test says,
 * and can be told to lie in its ID tokens, signed with its own key, or to be away.
 */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const KID = 'harbour';
const SCOPES = 'openid profile email groups';
export const CLIENT = { id: 'portolan', secret: 'a secret of the harbour, 32 letters or more' };

/**
 * @param {{ backTo: string, afterwards: string, groupsInIdToken?: boolean }} options
 */
export async function openProviderHarbour({ backTo, afterwards, groupsInIdToken = false }) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: KID, alg: 'RS256', use: 'sig' };
  let answer = null;
  const server = createServer((request, response) => answer(request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const issuer = `http://127.0.0.1:${port}`;
  const harbour = {
    issuer,
    /** Everybody that it knows. @type {Record<string, Record<string, unknown>>} */
    people: {},
    /** Whom it lets in next; null for nobody. @type {string | null} */
    who: null,
    /** What it says in place of the truth. @type {((claims: any, header: any) => object) | null} */
    lie: null,
    isAway: false,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
  const provider = new Provider(issuer, {
    clients: [
      {
        ...{ client_id: CLIENT.id, client_secret: CLIENT.secret },
        ...{ redirect_uris: [backTo], post_logout_redirect_uris: [afterwards] },
        ...{ grant_types: ['authorization_code'], response_types: ['code'] },
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ['a key of the harbour'] },
    scopes: SCOPES.split(' '),
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username'],
      email: ['email'],
      groups: ['groups'],
    },
    conformIdTokenClaims: !groupsInIdToken,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_context, { uid }) => `/at/${uid}` },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...harbour.people[id] }),
    }),
    async loadExistingGrant({ oidc }) {
      const { client, session } = oidc;
      const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(SCOPES);
      await grant.save();
      return grant;
    },
  });
  provider.use(async (context, next) => {
    await next();
    if (context.path !== '/token' || !harbour.lie || !context.body?.id_token) return;
    context.body.id_token = retold(context.body.id_token, harbour.lie, privateKey);
  });
  const callback = provider.callback();
  answer = async (request, response) => {
    if (harbour.isAway) response.writeHead(503).end();
    else if (!request.url.startsWith('/at/')) callback(request, response);
    else if (harbour.who === null)
      await provider.interactionFinished(request, response, {
        error: 'access_denied',
        error_description: 'no',
      });
    else await provider.interactionFinished(request, response, { login: { accountId: harbour.who } });
  };
  return harbour;
}

/** The token with other claims, or with a signature that is none. */
function retold(token, lie, privateKey) {
  const [head, body, signature] = token.split('.');
  const decoded = JSON.parse(Buffer.from(body, 'base64url').toString());
  const {
    claims,
    header,
    signature: forged,
  } = lie(decoded, JSON.parse(Buffer.from(head, 'base64url').toString()));
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${header ? encode(header) : head}.${encode(claims ?? decoded)}`;
  if (forged === 'kept') return `${text}.${signature}`;
  if (forged === 'none') return `${text}.`;
  return `${text}.${createSign('sha256').update(text).sign(privateKey).toString('base64url')}`;
}
