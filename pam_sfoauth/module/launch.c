/*
 * Starts the worker and sfoauth-keep with the right user and descriptors, and fills the parts of a
 * job that come from the org's section. Does not speak the protocol: that is relay.c.
 */
#include "launch.h"

#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "log.h"
#include "origin.h"
#include "relay.h"
#include "text.h"

#include "banned.h"

#define SECRET_FILE_MAX 4096 /* bytes */

enum sf_err sf_launch_worker(
    const struct sf_launch_params *given, struct sf_child *ret_child, struct sf_error *e)
{
	SF_CLEANUP(sf_account_clear) struct sf_account_entry worker = {0};
	enum sf_err r = SF_OK;

	if (geteuid() != 0)
		return SF_FAIL(e, SF_E_SANDBOX, 0,
		    "only root can start the worker for PAM, this is uid %u", (unsigned)geteuid());
	r = sf_account_find(SF_LAUNCH_WORKER_USER, &worker, e);
	if (r != SF_OK)
		return r;
	if (!worker.account.exists)
		return SF_FAIL(e, SF_E_SANDBOX, 0, "user %s does not exist: install sfoauth again",
		    SF_LAUNCH_WORKER_USER);
	/* A process of the worker's uid could attach to the worker and read the token. */
	if (worker.account.uid == 0 || worker.account.uid == given->target || worker.gid == 0)
		return SF_FAIL(e, SF_E_SANDBOX, 0,
		    "user %s must have a uid and a gid that nobody else has",
		    SF_LAUNCH_WORKER_USER);

	const struct sf_spawn_user user = {.uid = worker.account.uid, .gid = worker.gid};
	const struct sf_spawn_params params = {
	    .path = SF_LAUNCH_WORKER,
	    .user = &user,
	    .fds = {-1, given->record, given->secret, -1, -1},
	    .confined = true,
	};

	return sf_spawn(&params, ret_child, e);
}

/* Copy also_for, in canonical form. */
static enum sf_err copy_origins(const struct sf_list *urls, struct sf_job *job, struct sf_error *e)
{
	if (urls->count > SF_TOKEN_ALSO_MAX)
		return SF_FAIL(e, SF_E_CONFIG, 0, "also_for: at most %d hosts", SF_TOKEN_ALSO_MAX);
	for (size_t i = 0; i < urls->count; i++) {
		struct sf_origin origin;
		enum sf_err r = sf_origin_parse(urls->items[i], &origin, e);

		if (r != SF_OK)
			return r;
		if (!sf_text_copy(job->also[i], sizeof(job->also[i]), origin.text))
			return SF_FAIL(e, SF_E_BUG, 0, "an origin does not fit");
	}
	job->also_count = urls->count;
	return SF_OK;
}

enum sf_err sf_launch_job(
    const struct sf_org *org, enum sf_job_kind kind, struct sf_job *ret_job, struct sf_error *e)
{
	ret_job->kind = kind;
	ret_job->life_s = org->session_timeout_s;
	if (!sf_text_copy(ret_job->login_url, sizeof(ret_job->login_url), org->login_url) ||
	    !sf_text_copy(ret_job->client_id, sizeof(ret_job->client_id), org->client_id) ||
	    !sf_text_copy(ret_job->proxy, sizeof(ret_job->proxy), org->proxy) ||
	    !sf_text_copy(ret_job->ca_file, sizeof(ret_job->ca_file), org->ca_file))
		return SF_FAIL(e, SF_E_CONFIG, 0, "a value of org %s is too long", org->name);
	return copy_origins(&org->also_for, ret_job, e);
}

enum sf_err sf_launch_secret(
    const struct sf_org *org, struct sf_job *job, int *ret_fd, struct sf_error *e)
{
	const struct sf_file_params params = {
	    .path = org->client_secret_file,
	    .max = SECRET_FILE_MAX,
	    .check_directories = true,
	    .owner_only = true,
	};

	*ret_fd = -1;
	if (params.path[0] == '\0' || org->client_auth == SF_ORG_AUTH_NONE)
		return SF_OK;
	job->client_auth =
	    org->client_auth == SF_ORG_AUTH_BASIC ? SF_CLIENT_AUTH_BASIC : SF_CLIENT_AUTH_BODY;
	return sf_file_open(&params, ret_fd, e);
}

/* Have a new worker revoke the record, and wait for its end until deadline_ms. */
static enum sf_err run_revocation(
    const struct sf_org *org, int record, int64_t deadline_ms, struct sf_error *e)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = {.deadline_ms = deadline_ms};
	SF_CLEANUP(sf_child_killp) struct sf_child child = {.fd = -1};
	const struct sf_launch_params start = {.record = record, .secret = -1};
	struct sf_relay relay;
	bool is_clean = false;
	enum sf_err r = sf_launch_job(org, SF_JOB_REVOKE, &job, e);

	if (r == SF_OK)
		r = sf_launch_worker(&start, &child, e);
	if (r == SF_OK)
		r = sf_relay_start(&relay, child.fd, deadline_ms, &job, e);
	if (r == SF_OK)
		r = sf_relay_finish(&relay, e);
	if (r != SF_OK)
		return r;
	/* DONE alone is not enough: an exit status other than 0 vetoes it. */
	sf_child_end(&child, deadline_ms, &is_clean);
	if (!is_clean)
		return SF_FAIL(e, SF_E_WORKER, 0, "the worker ended with a signal or a status");
	return SF_OK;
}

void sf_launch_revoke(
    const struct sf_org *org, int take_record, int64_t deadline_ms, enum sf_token_state *ret_state)
{
	SF_CLEANUP(sf_fd_closep) int record = take_record;
	struct sf_error e;

	*ret_state = SF_TOKEN_STATE_REVOKED;
	if (run_revocation(org, record, deadline_ms, &e) == SF_OK)
		return;
	*ret_state = SF_TOKEN_STATE_ORPHANED;
	sf_log_error(&e);
}

enum sf_err sf_launch_keep(struct sf_account_entry *entry, int record, struct sf_error *e)
{
	SF_CLEANUP(sf_child_killp) struct sf_child child = {.fd = -1};
	int64_t deadline_ms = sf_clock_now_ms() + SF_LAUNCH_SHORT_MS;
	bool is_clean = false;
	enum sf_err r = sf_account_groups(entry, e);

	if (r != SF_OK)
		return r;

	const struct sf_spawn_user user = {
	    .uid = entry->account.uid,
	    .gid = entry->gid,
	    .groups = entry->groups,
	    .group_count = entry->group_count,
	};
	const struct sf_spawn_params params = {
	    .path = SF_LAUNCH_KEEP,
	    /* Without root the process already runs as the only user it can be. */
	    .user = geteuid() == 0 ? &user : NULL,
	    .fds = {-1, record, -1, -1, -1},
	    .confined = true,
	    .new_session = true,
	};

	r = sf_spawn(&params, &child, e);
	if (r != SF_OK)
		return r;
	sf_child_end(&child, deadline_ms, &is_clean);
	if (!is_clean)
		return SF_FAIL(
		    e, SF_E_WORKER, 0, "sfoauth-keep stored no token: not valid, or no key");
	return SF_OK;
}
