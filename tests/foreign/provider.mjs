// oidc-provider from npm as a second opinion on our client: a server nobody here wrote, in front of it
// a proxy that gives it Salesforce's paths, device dialect and answers. What is decided (rotation,
// reuse, revocation, introspection, PKCE, codes) is oidc-provider's.
//
//   node provider.mjs CERT.pem KEY.pem CONTROL-SOCKET [PORT]
//
// Speaks what control.py asks for: wait, approve, counts, log (-j), tokens, set access_life=S.
// CONTROL-SOCKET.key is the private key of the app that proves itself with one.
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { Provider } from 'oidc-provider';

const [cert, key, control, port = '443'] = process.argv.slice(2);
const HOST = 'acme.my.salesforce.com';
const BASE = `https://${HOST}${port === '443' ? '' : `:${port}`}`;
const ORG = '00D5f000000AbcdEAC';
const PREFIX = `${ORG.slice(0, 15)}!`;
const USERS = { ada: '0055f00000EfGhiAAF', kim: '0055f00000EfKimAAI' };
const SECRET = '0123456789ABCDEF0123456789ABCDEF';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const TOKEN_PATH = '/services/oauth2/token';
const USERINFO = '/services/oauth2/userinfo';

const settings = { access_life: 7200, interval: 1 };
const log = [];
const devices = [];
const owners = new Map(); // token -> app

const client = (id, method, more = {}) => ({
	client_id: id,
	token_endpoint_auth_method: method,
	application_type: 'native',
	redirect_uris: [1717, 1718, 1719].map((p) => `http://localhost:${p}/OauthRedirect`),
	grant_types: ['authorization_code', 'refresh_token', DEVICE],
	response_types: ['code'],
	...more,
});
const [pair, signing] = [1, 2].map(() => crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }));
fs.writeFileSync(`${control}.key`, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
	{ mode: 0o600 });
const clients = [
	client('3MVG9acme.Local_App', 'none'),
	client('3MVG9acme.Secret_App', 'client_secret_post', { client_secret: SECRET }),
	client('3MVG9acme.Basic_App', 'client_secret_basic', { client_secret: SECRET }),
	client('3MVG9acme.Key_App', 'private_key_jwt',
		{ jwks: { keys: [{ ...pair.publicKey.export({ format: 'jwk' }), use: 'sig' }] } }),
];

const provider = new Provider(BASE, {
	clients,
	routes: {
		authorization: '/services/oauth2/authorize',
		introspection: '/services/oauth2/introspect',
		jwks: '/id/keys',
		revocation: '/services/oauth2/revoke',
		token: TOKEN_PATH,
		userinfo: USERINFO,
	},
	scopes: ['openid', 'id', 'api', 'web', 'refresh_token', 'custom_permissions'],
	features: {
		devInteractions: { enabled: true },
		deviceFlow: { enabled: true, charset: 'base-20', mask: '********' },
		introspection: {
			enabled: true,
			allowedPolicy: (_ctx, asker, token) => token.clientId === asker.clientId,
		},
		revocation: { enabled: true },
	},
	rotateRefreshToken: true,
	issueRefreshToken: (_ctx, _client, code) => code.scopes.has('refresh_token'),
	findAccount: (_ctx, id) => USERS[id] && { accountId: id, claims: () => ({ sub: id }) },
	pkce: { required: () => true },
	ttl: {
		AccessToken: () => settings.access_life,
		AuthorizationCode: 900,
		DeviceCode: 600,
		Grant: 30 * 86400,
		IdToken: 120,
		Interaction: 600,
		RefreshToken: 30 * 86400,
		Session: 3600,
	},
	cookies: { keys: [crypto.randomBytes(16).toString('hex')] },
	jwks: { keys: [{ ...signing.privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
});
provider.proxy = true;

const inner = `${control}.inner`;
const read = async (stream) => {
	const parts = [];
	for await (const part of stream)
		parts.push(part);
	return Buffer.concat(parts).toString();
};

// One request to oidc-provider itself.
const relay = (method, path, headers, body) => new Promise((resolve, reject) => {
	const sent = { ...headers, host: BASE.slice(8), 'x-forwarded-proto': 'https' };
	delete sent['transfer-encoding'];
	delete sent['content-length'];
	if (body)
		sent['content-length'] = Buffer.byteLength(body);
	const request = http.request({ socketPath: inner, method, path, headers: sent }, (reply) => {
		read(reply).then((text) => resolve({ status: reply.statusCode, headers: reply.headers, text }),
			reject);
	});
	request.on('error', reject);
	request.end(body);
});

const bare = (token) => (token?.startsWith(PREFIX) ? token.slice(PREFIX.length) : token);
const json = (status, value) => ({
	status,
	headers: { 'content-type': 'application/json;charset=UTF-8' },
	text: JSON.stringify(value),
});

const kindOf = (path, form) => {
	if (path !== TOKEN_PATH)
		return path.split('/').pop();
	if (form.get('response_type') === 'device_code')
		return 'start';
	return { device: 'poll', authorization_code: 'code', refresh_token: 'refresh' }[
		form.get('grant_type')] ?? 'token';
};

// Salesforce asks nobody who wants to revoke who he is; oidc-provider does.
const vouch = (form, app) => {
	form.set('client_id', app.client_id);
	if (app.client_secret)
		form.set('client_secret', app.client_secret);
	if (!app.jwks)
		return;
	const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
	const claims = { iss: app.client_id, sub: app.client_id, aud: BASE, jti: crypto.randomUUID(),
		exp: Math.floor(Date.now() / 1000) + 60 };
	const text = `${encode({ alg: 'RS256' })}.${encode(claims)}`;
	const signature = crypto.sign('sha256', Buffer.from(text), pair.privateKey).toString('base64url');
	form.set('client_assertion', `${text}.${signature}`);
	form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
};

// Salesforce's dialect -> RFC 6749, 8628, 7009.
const translate = (path, form) => {
	if (form.has('token'))
		form.set('token', bare(form.get('token')));
	if (path === '/services/oauth2/revoke' && !form.has('client_id')) {
		const app = clients.find((one) => one.client_id === owners.get(form.get('token'))) ?? clients[0];
		vouch(form, app);
	}
	if (form.get('response_type') === 'device_code') {
		form.delete('response_type');
		return '/device/auth';
	}
	if (form.get('grant_type') === 'device') {
		form.set('grant_type', DEVICE);
		form.set('device_code', form.get('code'));
		form.delete('code');
	}
	return path;
};

const userOf = (headers) => relay('GET', USERINFO, headers).then((reply) => {
	if (reply.status !== 200)
		return null;
	const nick = JSON.parse(reply.text).sub;
	return {
		id: `${BASE}/id/${ORG}/${USERS[nick]}`,
		asserted_user: true,
		user_id: USERS[nick],
		organization_id: ORG,
		username: `${nick}@acme.example`,
		preferred_username: `${nick}@acme.example`,
		display_name: nick,
		active: true,
		user_type: 'STANDARD',
		is_salesforce_integration_user: false,
		custom_permissions: { Linux_Login: true },
	};
});

// A token answer as Salesforce words it.
const worded = async (reply, form, headers) => {
	const value = JSON.parse(reply.text);
	const app = form.get('client_id') ??
		Buffer.from(headers.authorization?.split(' ')[1] ?? '', 'base64').toString().split(':')[0];
	for (const token of [value.access_token, value.refresh_token])
		owners.set(token, app);
	const found = await provider.AccessToken.find(value.access_token);
	delete value.expires_in;
	return json(200, {
		...value,
		access_token: PREFIX + value.access_token,
		id: `${BASE}/id/${ORG}/${USERS[found.accountId]}`,
		instance_url: BASE,
		issued_at: String(Date.now()),
	});
};

const answer = async (request, url, form, kind) => {
	const headers = { ...request.headers };
	if (headers.authorization?.startsWith('Bearer '))
		headers.authorization = `Bearer ${bare(headers.authorization.slice(7))}`;
	if (kind === 'userinfo' || url.pathname.startsWith(`/id/${ORG}/`)) {
		const user = await userOf(headers);
		return user ? json(200, user)
			: { status: 403, headers: { 'content-type': 'text/plain' }, text: 'Bad_OAuth_Token' };
	}
	if (kind === 'authorize' && url.searchParams.has('code_challenge'))
		url.searchParams.set('code_challenge_method', 'S256'); // Salesforce implies it
	const path = translate(url.pathname, form) + url.search;
	const body = request.method === 'POST' ? form.toString() : undefined;
	const reply = await relay(request.method, path, headers, body);
	if (url.pathname === TOKEN_PATH && reply.status === 200 && kind !== 'start')
		return worded(reply, form, headers);
	if (kind !== 'start' || reply.status !== 200)
		return reply;
	const { device_code, user_code } = JSON.parse(reply.text);
	devices.push({ device_code, user_code, state: 'pending' });
	return json(200, { device_code, user_code, interval: settings.interval,
		verification_uri: `${BASE}/setup/connect` });
};

const serve = async (request, response) => {
	const url = new URL(request.url, BASE);
	const form = new URLSearchParams(await read(request));
	const kind = kindOf(url.pathname, form);
	const row = { n: log.length + 1, kind, method: request.method, path: url.pathname, status: null };
	log.push(row);
	const reply = await answer(request, url, form, kind);
	row.status = reply.status;
	if (reply.status >= 400)
		row.note = reply.text.slice(0, 200);
	const headers = { ...reply.headers };
	delete headers['transfer-encoding'];
	headers['content-length'] = Buffer.byteLength(reply.text);
	response.writeHead(reply.status, headers).end(reply.text);
};

// As if the person had, in the browser.
const approve = async ({ user, user_code: wanted, deny, wait = 0 }) => {
	const until = Date.now() + wait * 1000;
	let row;
	while (!(row = devices.findLast((one) => one.state === 'pending' &&
		(wanted === 'latest' || one.user_code === wanted)))) {
		if (Date.now() > until)
			throw new Error('no such device code is waiting');
		await new Promise((resolve) => { setTimeout(resolve, 50); });
	}
	const code = await provider.DeviceCode.find(row.device_code);
	if (deny) {
		Object.assign(code, { error: 'access_denied', errorDescription: 'end-user denied' });
	} else {
		const { scope } = code.params;
		const grant = new provider.Grant({ accountId: user, clientId: code.clientId });
		grant.addOIDCScope(scope);
		const grantId = await grant.save();
		Object.assign(code, { accountId: user, authTime: Math.floor(Date.now() / 1000), grantId, scope });
	}
	await code.save();
	row.state = deny ? 'denied' : 'approved';
	return row;
};

const counts = () => {
	const out = { requests: log.length, by_kind: {}, answers: {} };
	for (const { kind, status } of log) {
		out.by_kind[kind] = (out.by_kind[kind] ?? 0) + 1;
		out.answers[kind] ??= {};
		out.answers[kind][status] = (out.answers[kind][status] ?? 0) + 1;
	}
	return out;
};

const steer = {
	'/ping': () => 'ready',
	'/counts': counts,
	'/log': () => log,
	'/tokens': () => [...owners].map(([token, app]) => ({ token, app })),
	'/settings': () => settings,
	'/set': (wanted) => Object.assign(settings, wanted),
	'/approve': approve,
};

const controlled = async (request, response) => {
	let [status, value] = [200, null];
	try {
		const body = await read(request);
		value = await steer[request.url.split('?')[0]](body ? JSON.parse(body) : {});
	} catch (error) {
		[status, value] = [400, { error: error.message }];
	}
	response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};

for (const path of [inner, control])
	fs.rmSync(path, { force: true });
process.umask(0o077);
http.createServer(provider.callback()).listen(inner, () => {
	const options = { cert: fs.readFileSync(cert), key: fs.readFileSync(key) };
	const front = https.createServer(options, (request, response) => {
		serve(request, response).catch((error) => {
			console.error(error);
			response.writeHead(500).end();
		});
	});
	front.listen(Number(port), '127.0.0.1', () => {
		http.createServer(controlled).listen(control);
	});
});
