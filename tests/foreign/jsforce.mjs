// npm's jsforce against the fake: it must be able to do with it what it does with Salesforce.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import jsforce from 'jsforce';
import jwt from 'jsonwebtoken';
import { expectError, fake, main, person, registerKey, test } from './tap.mjs';

const { OAuth2, Connection } = jsforce;
const loginUrl = 'https://acme.my.salesforce.com';
const ADA = '0055f00000EfGhiAAF';
const ACME = '00D5f000000AbcdEAC';

const app = (more = {}) => new OAuth2({
	loginUrl,
	clientId: '3MVG9acme.Local_App',
	redirectUri: 'http://localhost:1717/OauthRedirect',
	useVerifier: true,
	...more,
});

const codeFor = async (oauth2, scope) => {
	const address = oauth2.getAuthorizationUrl({ scope, state: 'a state=&%' });
	const callback = new URL(await person('--address', address, '--user', 'ada'));
	assert.equal(callback.origin + callback.pathname, oauth2.redirectUri);
	assert.equal(callback.searchParams.get('state'), 'a state=&%');
	return callback.searchParams.get('code');
};

const login = async (scope = 'openid id api refresh_token') => {
	const oauth2 = app();
	const conn = new Connection({ oauth2, loginUrl });
	const user = await conn.authorize(await codeFor(oauth2, scope));
	return { oauth2, conn, user };
};

test('jsforce signs in with an authorization code and PKCE', async () => {
	const { conn, user } = await login();
	assert.equal(user.id, ADA);
	assert.equal(user.organizationId, ACME);
	assert.equal(conn.instanceUrl, loginUrl);
	assert.ok(conn.refreshToken);
});

test('its forms arrive chunked and are understood', async () => {
	const posts = await fake('/log?kind=code');
	assert.ok(posts.length);
	assert.ok(posts.every((post) => post.chunked && post.encoding.includes('urlencoded')));
});

test('the code is good once, and the verifier must fit', async () => {
	const oauth2 = app();
	const code = await codeFor(oauth2, 'openid id api');
	oauth2.codeVerifier = app().codeVerifier;
	await expectError(oauth2.requestToken(code), ['invalid_grant', 'invalid_request']);
	const again = app();
	const other = await codeFor(again, 'openid id api');
	await again.requestToken(other);
	const error = await expectError(again.requestToken(other), ['invalid_grant']);
	assert.equal(error.message, 'expired authorization code');
});

test('jsforce reads the identity document', async () => {
	const { conn } = await login();
	const who = await conn.identity();
	assert.equal(who.asserted_user, true);
	assert.equal(who.user_id, ADA);
	assert.equal(who.organization_id, ACME);
	assert.equal(who.username, 'ada@acme.example');
	assert.equal(typeof who.utcOffset, 'number');
});

test('jsforce queries', async () => {
	const { conn } = await login();
	const result = await conn.query('SELECT Name FROM Contact LIMIT 10');
	assert.equal(result.totalSize, 10);
	assert.equal(result.records[0].attributes.type, 'Contact');
	const own = await conn.query(`SELECT Id, Username, IsActive FROM User WHERE Id = '${ADA}'`);
	assert.equal(own.records[0].Username, 'ada@acme.example');
});

test('jsforce follows nextRecordsUrl to the last record', async () => {
	const { conn } = await login();
	await fake('/set', { query_page: 5 });
	const first = await conn.query('SELECT Id FROM Contact', { autoFetch: false });
	assert.equal(first.done, false);
	assert.match(first.nextRecordsUrl, /\/services\/data\/v\d+\.0\/query\/01g/);
	const seen = new Set(first.records.map((record) => record.Id));
	for (let part = first; !part.done;) {
		part = await conn.queryMore(part.nextRecordsUrl);
		part.records.forEach((record) => seen.add(record.Id));
	}
	assert.equal(seen.size, first.totalSize);
	await fake('/set', { query_page: 0 });
});

test('jsforce creates, changes and deletes a record: POST, PATCH, DELETE', async () => {
	const { conn, oauth2 } = await login();
	const contacts = conn.sobject('Contact');
	const made = await contacts.create({ Name: 'Ümit' });
	assert.equal(made.success, true);
	assert.equal((await contacts.update({ Id: made.id, Email: 'u@customer.example' })).success, true);
	const row = await contacts.retrieve(made.id);
	assert.deepEqual([row.Name, row.Email], ['Ümit', 'u@customer.example']);
	await oauth2.revokeToken(conn.accessToken);
	assert.equal((await contacts.destroy(made.id)).success, true);
	const sent = (await fake('/log?kind=data')).filter((entry) => entry.method === 'DELETE');
	assert.deepEqual(sent.map((entry) => entry.status), [401, 204]);
	await expectError(contacts.retrieve(made.id), ['NOT_FOUND']);
});

test('the authorize address names an unknown app and callback, and redirects nobody', async () => {
	const ask = async (more) => {
		const address = app(more).getAuthorizationUrl({ scope: 'openid id', state: 's' });
		const answer = await fetch(address, { redirect: 'manual' });
		return [answer.status, answer.headers.get('content-type'), await answer.text()];
	};
	assert.equal((await ask({}))[0], 200);
	assert.deepEqual(await ask({ clientId: '3MVG9nobody' }), [400, null,
		'error=invalid_client_id&error_description=client identifier invalid']);
	assert.deepEqual(await ask({ redirectUri: 'http://localhost:1720/x' }), [400, null,
		'error=redirect_uri_mismatch&error_description=redirect_uri must match configuration']);
	assert.deepEqual(await ask({ useVerifier: false }), [400, null,
		'error=invalid_request&error_description=missing required code challenge']);
});

test('a wrong query and a token without the scope api are refused as arrays', async () => {
	const { conn } = await login();
	await expectError(conn.query('DROP TABLE Contact'), ['MALFORMED_QUERY']);
	const narrow = (await login('openid id')).conn;
	await expectError(narrow.query('SELECT Name FROM Contact LIMIT 10'), ['INVALID_SESSION_ID']);
	assert.ok((await fake('/log?kind=data')).some((entry) => entry.status === 403));
});

test('jsforce refreshes, once by hand and once by itself after a 401', async () => {
	const { conn, oauth2 } = await login();
	const answer = await oauth2.refreshToken(conn.refreshToken);
	assert.notEqual(answer.access_token, conn.accessToken);
	assert.equal(answer.refresh_token, undefined);
	assert.match(answer.issued_at, /^\d{13}$/);
	assert.equal(answer.expires_in, undefined);
	await oauth2.revokeToken(conn.accessToken);
	const dead = conn.accessToken;
	await conn.query('SELECT Name FROM Contact LIMIT 1');
	assert.notEqual(conn.accessToken, dead);
});

test('with rotation the spent token kills the family', async () => {
	await fake('/set', { rotation: true });
	const { conn, oauth2 } = await login();
	const next = await oauth2.refreshToken(conn.refreshToken);
	assert.ok(next.refresh_token && next.refresh_token !== conn.refreshToken);
	await expectError(oauth2.refreshToken(conn.refreshToken), ['invalid_grant']);
	await expectError(oauth2.refreshToken(next.refresh_token), ['invalid_grant']);
	await fake('/set', { rotation: false });
});

test('jsforce signs in with a password where the app has a secret', async () => {
	const oauth2 = app({
		clientId: '3MVG9acme.Secret_App',
		clientSecret: '0123456789ABCDEF0123456789ABCDEF',
		useVerifier: false,
	});
	const conn = new Connection({ oauth2, loginUrl });
	const user = await conn.login('ada@acme.example', 'pass-ada');
	assert.equal(user.id, ADA);
	const wrong = oauth2.authenticate('ada@acme.example', 'wrong');
	const error = await expectError(wrong, ['invalid_grant']);
	assert.equal(error.message, 'authentication failure');
});

test('two refreshes at once: one is told that it is being processed, nothing is lost', async () => {
	const before = await fake('/counts');
	await fake('/set', { rotation: true, delay: { refresh: 0.5 } });
	const { conn, oauth2 } = await login();
	const both = await Promise.allSettled([1, 2].map(() => oauth2.refreshToken(conn.refreshToken)));
	const [won] = both.filter((one) => one.status === 'fulfilled');
	const [lost] = both.filter((one) => one.status === 'rejected');
	assert.equal(lost.reason.message, 'token request is already being processed');
	await fake('/set', { delay: {} });
	assert.ok((await oauth2.refreshToken(won.value.refresh_token)).access_token);
	assert.equal((await fake('/counts')).spent_presented, before.spent_presented);
	await fake('/set', { rotation: false });
});

const HOST_APP = '3MVG9acme.Host_App';
const SECRET = '0123456789ABCDEF0123456789ABCDEF';
const BOT = '0055f00000EfBot';

test('jsforce signs in with client credentials, and hears that login.salesforce.com has none', async () => {
	const machine = (url) => new Connection({ loginUrl: url, oauth2: new OAuth2({
		loginUrl: url, clientId: HOST_APP, clientSecret: SECRET }) });
	const user = await machine(loginUrl).authorize({ grant_type: 'client_credentials' });
	assert.equal(user.id.slice(0, 15), BOT);
	const other = machine('https://login.salesforce.com').authorize({ grant_type: 'client_credentials' });
	const error = await expectError(other, ['invalid_grant']);
	assert.equal(error.message, 'request not supported on this domain');
});

test('jsforce signs in with a signed assertion', async () => {
	const key = await readFile(await registerKey(HOST_APP));
	const bearer = (claims) => new Connection({ loginUrl, oauth2: new OAuth2({ loginUrl }) }).authorize({
		grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
		assertion: jwt.sign({ iss: HOST_APP, sub: 'ada@acme.example',
			aud: 'https://login.salesforce.com', exp: Math.floor(Date.now() / 1000) + 180, ...claims },
		key, { algorithm: 'RS256' }),
	});
	assert.equal((await bearer({})).id, ADA);
	for (const claims of [{ aud: 'https://evil.example' }, { exp: 1 }, { sub: 'nobody@acme.example' }])
		await expectError(bearer(claims), ['invalid_grant']);
	await expectError(bearer({ iss: '3MVG9nobody' }), ['invalid_client_id']);
});

test('jsforce revokes, and understands that a dead token cannot be revoked again', async () => {
	const { conn, oauth2 } = await login();
	const { accessToken, refreshToken } = conn;
	await conn.logout(true);
	await expectError(oauth2.refreshToken(refreshToken), ['invalid_grant']);
	await expectError(oauth2.revokeToken(accessToken), ['invalid_token']);
});

await main();
