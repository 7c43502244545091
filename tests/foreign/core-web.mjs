// The vendor's own clients for browser, refresh and keys, from @salesforce/core, against the fake.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { expectError, fake, main, person, registerKey, test } from './tap.mjs';

const { AuthInfo, Connection, WebOAuthServer } = createRequire(import.meta.url)('@salesforce/core');
const loginUrl = 'https://acme.my.salesforce.com';
const APP = '3MVG9acme.Local_App';
const HOST_APP = '3MVG9acme.Host_App';

// What the browser does: the person's pages, then the callback.
const browse = async (server, ...more) => {
	const callback = await person('--address', server.getAuthorizationUrl(), '--user', 'ada', ...more);
	return fetch(callback);
};

const webLogin = async (...more) => {
	const server = await WebOAuthServer.create({ oauthConfig: { loginUrl, clientId: APP } });
	await server.start();
	const info = server.authorizeAndSave();
	info.catch(() => {});
	await browse(server, ...more);
	return info;
};

test('its local web server takes the code, with PKCE and its own state', async () => {
	const info = await webLogin();
	assert.equal(info.getUsername(), 'ada@acme.example');
	assert.equal(info.getFields().orgId, '00D5f000000AbcdEAC');
	const [asked] = await fake('/log?kind=authorize');
	const query = Object.fromEntries(asked.query);
	assert.ok(query.code_challenge && query.state);
	assert.equal(query.code_challenge_method, undefined);
	assert.equal(query.redirect_uri, 'http://localhost:1717/OauthRedirect');
	assert.equal((await fake('/log?kind=code'))[0].status, 200);
});

test('it hears that the person said no', async () => {
	await fake('/set', { remember_approval: false });
	const error = await webLogin('--deny').then(() => undefined, (reason) => reason);
	assert.match(String(error?.name) + String(error?.message), /access_denied|denied/);
	await fake('/set', { remember_approval: true });
});

test('it refreshes by itself after a 401, once', async () => {
	const info = await webLogin();
	const connection = await Connection.create({ authInfo: info });
	const before = (await fake('/counts')).by_kind.refresh ?? 0;
	await fake('/pass', { seconds: 7201 });
	const result = await connection.query('SELECT Name FROM Contact LIMIT 3');
	assert.equal(result.totalSize, 3);
	assert.equal((await fake('/counts')).by_kind.refresh - before, 1);
});

test('it reads all pages, creates a record and deletes it', async () => {
	const connection = await Connection.create({ authInfo: await webLogin() });
	await fake('/set', { query_page: 5 });
	const all = await connection.autoFetchQuery('SELECT Id FROM Contact');
	assert.equal(all.records.length, all.totalSize);
	await fake('/set', { query_page: 0 });
	const made = await connection.sobject('Contact').create({ Name: 'x' });
	assert.equal(made.success, true);
	assert.equal((await connection.sobject('Contact').destroy(made.id)).success, true);
});

test('it signs in with a key: milliseconds in exp, and several audiences tried', async () => {
	const privateKeyFile = await registerKey(HOST_APP);
	const info = await AuthInfo.create({
		username: 'kim@acme.example',
		oauth2Options: { clientId: HOST_APP, loginUrl, privateKeyFile },
	});
	assert.equal(info.getFields().orgId, '00D5f000000AbcdEAC');
	assert.equal(info.isJwt(), true);
	const connection = await Connection.create({ authInfo: info });
	assert.equal((await connection.query('SELECT Name FROM Contact LIMIT 2')).totalSize, 2);
	const stranger = AuthInfo.create({
		username: 'nobody@acme.example',
		oauth2Options: { clientId: HOST_APP, loginUrl, privateKeyFile },
	});
	const error = await expectError(stranger, ['JwtAuthError']);
	assert.match(error.message, /user hasn't approved this consumer/);
});

await main();
