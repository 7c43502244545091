// The TAP that the foreign clients print, and how they reach the fake: control socket, HTML forms.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import http from 'node:http';
import { promisify } from 'node:util';

const { FAKE_DIR, FAKE_CONTROL, FAKE_CA } = process.env;
const run = promisify(execFile);
const tests = [];

export const test = (name, body) => tests.push({ name, body });

export const expectError = async (promise, names) => {
	let value;
	try {
		value = await promise;
	} catch (error) {
		const seen = String(error.errorCode ?? error.error ?? error.name);
		if (names.includes(seen))
			return error;
		throw new Error(`expected ${names}, got ${seen}: ${error.message}`);
	}
	throw new Error(`expected ${names}, got ${JSON.stringify(value)}`);
};

// One request to the control socket; objects in and out.
export const fake = (path, body) => new Promise((resolve, reject) => {
	const method = body ? 'POST' : 'GET';
	const request = http.request({ socketPath: FAKE_CONTROL, path, method }, (reply) => {
		let text = '';
		reply.on('data', (part) => { text += part; });
		reply.on('end', () => {
			if (reply.statusCode === 200)
				resolve(JSON.parse(text));
			else
				reject(new Error(text));
		});
	});
	request.on('error', reject);
	request.end(body && JSON.stringify(body));
});

// What a person does in a browser; the last line it printed.
export const person = async (...args) => {
	const { stdout } = await run('python3', [`${FAKE_DIR}/approve.py`, '--ca', FAKE_CA, ...args]);
	return stdout.trim();
};

// A fresh key; the app gets its certificate. -> the key's file
export const registerKey = async (client) => {
	const dir = await mkdtemp(`${process.env.HOME}/key-`);
	await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=app',
		'-keyout', `${dir}/key.pem`, '-out', `${dir}/cert.pem`]);
	await fake('/set', { client, certificate: await readFile(`${dir}/cert.pem`, 'ascii') });
	return `${dir}/key.pem`;
};

export const main = async () => {
	let failed = 0;
	console.log(`1..${tests.length}`);
	for (const [index, { name, body }] of tests.entries()) {
		try {
			await body();
			console.log(`ok ${index + 1} - ${name}`);
		} catch (error) {
			failed += 1;
			console.log(`not ok ${index + 1} - ${name}`);
			console.log(String(error.stack ?? error).replace(/^/gm, '# '));
		}
	}
	process.exit(failed ? 1 : 0);
};
