// A certified OpenID provider for tests: node oidc-provider.mjs '{"port":0,"clients":[...],"accounts":{"ann":{...}}}'.
// Prints "listening" once it serves. Its sign-in page offers the accounts as buttons; POST /control changes accounts, GET /spent tells
// the milliseconds that it took itself to answer the portal since the last time.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const { port, clients, accounts } = JSON.parse(process.argv[2]);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients,
  scopes: ['openid', 'profile', 'email', 'groups'],
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'], groups: ['groups'] },
  conformIdTokenClaims: false,
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  enabledJWA: { clientAuthSigningAlgValues: ['PS256', 'ES256'] },
  pkce: { required: () => true },
  cookies: { keys: ['only for tests'] },
  features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true }, backchannelLogout: { enabled: true } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
  // Consent is the administrator's, as in companies.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid profile email groups');
    await grant.save();
    return grant;
  },
  // The provider's own agent refuses loopback addresses, where the tests' portal is.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
});
const serve = provider.callback();
const machine = /^\/(token|me|jwks|\.well-known)/;
let spent = 0;

createServer(async (req, res) => {
  const body = async () => { let text = ''; for await (const part of req) text += part; return text; };
  try {
    if (req.url === '/control') {
      Object.assign(accounts, JSON.parse(await body()));
      res.end('ok');
    } else if (req.url.startsWith('/interaction/') && req.method === 'GET') {
      res.setHeader('content-type', 'text/html');
      res.end(`<!DOCTYPE html><title>Test provider</title><form method="post">${Object.keys(accounts).map((a) => `<button name="login" value="${a}" id="${a}">${a}</button>`).join('')}</form>`);
    } else if (req.url.startsWith('/interaction/')) {
      const login = new URLSearchParams(await body()).get('login');
      await provider.interactionFinished(req, res, login === 'nobody' ? { error: 'access_denied' } : { login: { accountId: login, amr: accounts[login]?.amr ?? ['pwd'] } }, { mergeWithLastSubmission: false });
    } else if (req.url === '/spent') {
      res.end(String(spent));
      spent = 0;
    } else {
      const began = performance.now();
      await serve(req, res);
      if (machine.test(req.url)) spent += performance.now() - began;
    }
  } catch (error) {
    res.statusCode = 500;
    res.end(String(error));
  }
}).listen(port, '127.0.0.1', () => console.log('listening'));
