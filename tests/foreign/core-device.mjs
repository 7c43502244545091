// The vendor's own device-flow client, DeviceOauthService of @salesforce/core, against the fake.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { expectError, fake, main, person, test } from './tap.mjs';

const { AuthInfo, DeviceOauthService } = createRequire(import.meta.url)('@salesforce/core');
const loginUrl = 'https://acme.my.salesforce.com';
const APP = '3MVG9acme.Local_App';
const service = (clientId = APP) => DeviceOauthService.create({ loginUrl, clientId });

const start = async (user, ...more) => {
	const client = await service();
	const login = await client.requestDeviceLogin();
	const seen = await person('--address', login.verification_uri, '--code', login.user_code,
		'--user', user, ...more);
	return { client, login, seen };
};

test('it starts, and gets what Salesforce gives', async () => {
	const login = await (await service()).requestDeviceLogin();
	assert.match(login.user_code, /^[A-Z0-9]{8}$/);
	assert.equal(login.verification_uri, `${loginUrl}/setup/connect`);
	assert.equal(login.interval, 1);
	assert.equal(login.expires_in, undefined);
	assert.equal(Buffer.from(login.device_code, 'base64').toString().split(';').length, 4);
	const [post] = (await fake('/log?kind=start')).slice(-1);
	assert.equal(post.encoding, 'multipart/form-data');
});

test('it polls until the person has approved, signs in, and stores the account', async () => {
	const client = await service();
	const login = await client.requestDeviceLogin();
	const waiting = client.awaitDeviceApproval(login);
	await new Promise((resolve) => { setTimeout(resolve, 1500); });
	const seen = await person('--address', login.verification_uri, '--code', login.user_code);
	assert.equal(seen, "You're connected");
	const approval = await waiting;
	assert.equal(approval.instance_url, loginUrl);
	assert.match(approval.access_token, /^00D5f000000Abcd!/);
	const info = await client.authorizeAndSave(approval);
	assert.equal(info.getUsername(), 'ada@acme.example');
	assert.equal(info.getFields().orgId, '00D5f000000AbcdEAC');
	const again = await AuthInfo.create({ username: 'ada@acme.example' });
	assert.equal(again.getFields().instanceUrl, loginUrl);
	const kinds = (await fake('/counts')).by_kind;
	assert.ok(kinds.poll >= 2 && kinds.refresh >= 1 && kinds.userinfo + kinds.data >= 1);
});

test('it hears that the person said no', async () => {
	const { client, login, seen } = await start('kim', '--deny');
	assert.equal(seen, 'Access denied');
	await expectError(client.awaitDeviceApproval(login), ['access_denied']);
});

for (const spelling of ['invalid_grant', 'invalid_request']) {
	test(`it hears that the code has expired (${spelling})`, async () => {
		const client = await service();
		const login = await client.requestDeviceLogin();
		await fake('/set', { clock: 601, expired_as: spelling });
		await expectError(client.awaitDeviceApproval(login), [spelling]);
		await fake('/set', { clock: 0, expired_as: 'invalid_grant' });
	});
}

test('it hears that the flow is off for the app, and that an app is unknown', async () => {
	const words = async (app) => {
		const client = await service(app);
		return (await client.requestDeviceLogin().catch((error) => error)).message;
	};
	assert.match(await words('3MVG9acme.NoDevice_App'), /device flow is not enabled/);
	assert.match(await words('3MVG9nobody'), /invalid_client_id/);
});

test('it knows the maintenance page', async () => {
	await fake('/script', { kind: 'start', preset: 'maintenance' });
	await expectError((await service()).requestDeviceLogin(), ['HttpApiError', 'error.HttpApi']);
});

await main();
