/*
 * A TLS server on 127.0.0.1 for unit tests of the worker: peer.py with the replies that a test
 * wants, and a private CA in a directory that goes with the test program.
 */
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "flow.h"
#include "http.h"
#include "json.h"
#include "ui.h"

#define PEER_SCRIPT      "tests/unit/peer.py"
#define PEER_REPLIES_MAX 48

struct peer {
	char dir[64];
	pid_t pid;
	struct sf_origin origin;
	struct sf_http *http;
	struct sf_job job;
	struct sf_reply_class answer;
	struct sf_flow_params params;
	bool asks_first; /* for the job of the flow paste */
};

static inline pid_t peer_spawn(char *const *argv, int out)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (out >= 0)
			dup2(out, STDOUT_FILENO);
		execv("/bin/sh", argv);
		_exit(127);
	}
	return pid;
}

/* For cmocka's group set-up: libraries, directory, certificates. */
static inline int peer_setup(void **state)
{
	static struct peer peer;
	struct sf_error e;
	char command[] = "exec python3 \"$0\" \"$1\" make";
	char sh[] = "sh", flag[] = "-c", script[] = PEER_SCRIPT;
	char *argv[] = {sh, flag, command, script, peer.dir, NULL};
	int status = 0;

	signal(SIGPIPE, SIG_IGN);
	snprintf(peer.dir, sizeof(peer.dir), "/tmp/sfoauth-test-XXXXXX");
	umask(022);
	if (!mkdtemp(peer.dir))
		return 1;

	pid_t pid = peer_spawn(argv, -1);

	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		return 1;
	sf_json_start();
	*state = &peer;
	return sf_http_start(&e) == SF_OK ? 0 : 1;
}

static inline int peer_teardown(void **state)
{
	static const char *const names[] = {"ca.pem", "localhost.pem", "localhost.key",
	    "other.test.pem", "other.test.key", "stranger.pem", "stranger.key", "log"};
	struct peer *peer = *state;
	char path[128];

	for (size_t i = 0; i < SF_COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", peer->dir, names[i]);
		unlink(path);
	}
	return rmdir(peer->dir);
}

/* Start the server with a certificate and PEER_REPLIES_MAX + 1 replies, NULL behind the last. */
static inline void peer_start_with(
    struct peer *peer, const char *certificate, const char *const *replies)
{
	char *argv[PEER_REPLIES_MAX + 7];
	char command[] = "exec python3 \"$0\" \"$@\"";
	char sh[] = "sh", flag[] = "-c", script[] = PEER_SCRIPT;
	char name[32], port[16] = "", log[128];
	int out[2];
	size_t count = 0;

	snprintf(log, sizeof(log), "%s/log", peer->dir);
	unlink(log);
	snprintf(name, sizeof(name), "%s", certificate);
	argv[count++] = sh;
	argv[count++] = flag;
	argv[count++] = command;
	argv[count++] = script;
	argv[count++] = peer->dir;
	argv[count++] = name;
	memcpy(argv + count, replies, (PEER_REPLIES_MAX + 1) * sizeof(*argv));
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	peer->pid = peer_spawn(argv, out[1]);
	close(out[1]);
	assert_true(read(out[0], port, sizeof(port) - 1) > 1);
	close(out[0]);
	peer->origin = (struct sf_origin){.host = "localhost"};
	peer->origin.port = (uint16_t)strtoul(port, NULL, 10);
	snprintf(peer->origin.text, sizeof(peer->origin.text), "https://localhost:%u",
	    (unsigned)peer->origin.port);
}

/* The same with up to PEER_REPLIES_MAX replies, NULL at the end. */
static inline void peer_start(struct peer *peer, const char *certificate, ...)
{
	const char *list[PEER_REPLIES_MAX + 1] = {NULL};
	size_t count = 0;
	va_list replies;

	va_start(replies, certificate);
	do
		list[count] = va_arg(replies, const char *);
	while (list[count++]);
	va_end(replies);
	peer_start_with(peer, certificate, list);
}

/* Open a connection to it, and everything that a flow needs. */
static inline void peer_open(struct peer *peer, int watch_fd, int seconds)
{
	char ca[128];
	struct sf_error e;
	struct sf_http_params params = {.origin = &peer->origin,
	    .proxy = "",
	    .ca_file = ca,
	    .deadline_ms = sf_clock_now_ms() + seconds * 1000,
	    .watch_fd = watch_fd};

	snprintf(ca, sizeof(ca), "%s/ca.pem", peer->dir);
	assert_int_equal(sf_http_open(&params, &peer->http, &e), SF_OK);
	memset(&peer->job, 0, sizeof(peer->job));
	peer->job.kind = SF_JOB_LOGIN;
	snprintf(peer->job.client_id, sizeof(peer->job.client_id), "3MVG9.Test_App");
	snprintf(peer->job.scope, sizeof(peer->job.scope), "openid id");
	peer->job.life_s = 7200;
	peer->job.deadline_ms = params.deadline_ms;
	peer->params = (struct sf_flow_params){.http = peer->http,
	    .job = &peer->job,
	    .origin = &peer->origin,
	    .deadline_ms = params.deadline_ms,
	    .reply_class = &peer->answer};
}

static inline void peer_stop(struct peer *peer)
{
	sf_http_freep(&peer->http);
	kill(peer->pid, SIGKILL);
	waitpid(peer->pid, NULL, 0);
}

/* What the server was asked, a line a request. */
static inline const char *peer_log(const struct peer *peer)
{
	static char text[8192];
	char path[128];
	ssize_t len = 0;

	snprintf(path, sizeof(path), "%s/log", peer->dir);

	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		len = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[len > 0 ? len : 0] = '\0';
	return text;
}

static inline unsigned peer_count(const struct peer *peer, const char *part)
{
	unsigned count = 0;

	for (const char *at = peer_log(peer); (at = strstr(at, part)); at += strlen(part))
		count++;
	return count;
}
