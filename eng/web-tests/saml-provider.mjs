// A SAML identity provider for tests: node saml-provider.mjs '{"port":0,"key":"PEM","cert":"PEM","acs":"...","portal":"...","encryptFor":null,"user":{...}}'.
// GET /saml answers a request with the form that posts the response; GET /start begins a sign-in that nobody asked for.
import express from 'express';
import samlp from 'samlp';

const { port, key, cert, acs, portal, encryptFor, user } = JSON.parse(process.argv[2]);
const settings = {
  issuer: `http://127.0.0.1:${port}/metadata`, key, cert, recipient: acs, destination: acs, lifetimeInSeconds: 300, signResponse: true,
  nameIdentifierFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent', sessionIndex: '_session1',
  authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  ...(encryptFor ? { encryptionCert: encryptFor.cert, encryptionPublicKey: encryptFor.key } : {}),
  getUserFromRequest: () => user,
  getPostURL: (audience, samlRequestDom, req, callback) => callback(null, acs),
};
const app = express();
app.get('/saml', samlp.auth(settings));
app.get('/start', samlp.auth({ ...settings, audience: portal, RelayState: '/account' }));
app.use((error, req, res, next) => res.status(500).send(String(error)));
app.listen(port, '127.0.0.1', () => console.log('listening'));
