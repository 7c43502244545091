/*
 * Runs one job of sfoauth-worker: starts the program, exchanges frames with it, and reads the token
 * that it wrote. worker_jobs.c and signin_run.c fill the jobs.
 */
#include "worker_client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <syslog.h>
#include <unistd.h>

#include "clock.h"
#include "facts_frame.h"
#include "file.h"
#include "hosts.h"
#include "log.h"
#include "spawn.h"
#include "text.h"
#include "wire.h"

#include "banned.h"

#define SF_WORKER_PROGRAM SF_LIBEXECDIR "/sfoauth-worker"
#define SF_TICK_MS        1000
#define SF_GRACE_MS       3000 /* so that the worker can report that its deadline has passed */

/* A job that is under way. */
struct run {
	const struct sf_worker_client_params *params;
	struct sf_child child;
	struct sf_facts facts;
	bool has_facts;
	struct sf_error judged; /* why the facts were refused; code SF_OK: they were not */
	const char *judged_row; /* of advice.def, static; "": none */
	int64_t deadline_ms;
	int64_t shown_until_ms; /* when the code that is shown expires; 0: none is */
};

/*
 * SHOW: the person is to open an address. It must be on the org's host; a compromised worker could
 * otherwise send the person to a page that asks for a password.
 */
static enum sf_err on_show(struct run *run, const struct sf_frame *frame, struct sf_error *e)
{
	struct sf_show show;
	enum sf_err r;

	if (!run->params->ui || !run->params->check || run->has_facts)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "SHOW is not allowed now");
	r = sf_show_from_frame(frame, &show, e);
	if (r != SF_OK)
		return r;
	if (sf_hosts_page(run->params->check->pinned, show.verification_uri) != SF_RULE_NONE)
		return SF_FAIL(e, SF_E_DENIED, 0, "the page to open is not on the org's host");
	if (show.life_s > 0)
		run->shown_until_ms = sf_clock_now_ms() + (int64_t)show.life_s * 1000;
	return run->params->ui->show(run->params->ui, &show, e);
}

/* Show the time left until the next frame arrives, the code expires or the deadline passes. */
static void tick_until_frame(const struct run *run)
{
	struct sf_ui *ui = run->params->ui;
	struct pollfd frames = {.fd = run->child.fd, .events = POLLIN};
	int left_ms;

	if (run->shown_until_ms == 0 || !ui->tick)
		return;
	while ((left_ms = sf_clock_left_ms(run->shown_until_ms)) > 0 &&
	       sf_clock_left_ms(run->deadline_ms) > 0) {
		ui->tick(ui, ((uint32_t)left_ms + 999) / 1000);
		if (poll(&frames, 1, left_ms < SF_TICK_MS ? left_ms : SF_TICK_MS) > 0)
			break;
	}
	ui->tick(ui, 0);
}

/*
 * FACTS: check them, once, and send the verdict. After a refusal the worker revokes the token and
 * reports the result, so that the conversation continues.
 */
static enum sf_err on_facts(struct run *run, const struct sf_frame *frame, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame verdict;
	enum sf_err r;

	if ((!run->params->check && !run->params->ret_facts) || run->has_facts)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "FACTS is not allowed now");
	r = sf_facts_from_frame(frame, &run->facts, e);
	if (r != SF_OK)
		return r;
	run->has_facts = true;
	run->shown_until_ms = 0;
	if (!run->params->check)
		return SF_OK;
	const bool is_approved = sf_signin_check(run->params->check, &run->facts, &run->judged_row,
				     &run->judged) == SF_OK;
	sf_wire_begin(&verdict, SF_WIRE_VERDICT);
	sf_wire_put_flag(&verdict, SF_TAG_YES, is_approved);
	return sf_wire_send(run->child.fd, &verdict, run->deadline_ms, e);
}

/* ASK: get the response from the person, and send it. */
static enum sf_err on_ask(struct run *run, const struct sf_frame *frame, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame response;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;
	enum sf_ask what;
	enum sf_err r;

	if (!run->params->ui || !run->params->ui->ask || !run->params->check || run->has_facts)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "ASK is not allowed now");
	r = sf_ask_from_frame(frame, &what, e);
	if (r == SF_OK)
		r = run->params->ui->ask(run->params->ui, what, &text, e);
	if (r != SF_OK)
		return r;
	sf_wire_begin(&response, SF_WIRE_RESPONSE);
	sf_wire_put_secret(&response, SF_TAG_TEXT, text);
	return sf_wire_send(run->child.fd, &response, run->deadline_ms, e);
}

/* Receive frames until DONE or FAIL, which has the result. Any frame out of place is an error. */
static enum sf_err converse(struct run *run, struct sf_job_result *ret_result, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;

	for (;;) {
		enum sf_err r;

		tick_until_frame(run);
		r = sf_wire_recv(run->child.fd, run->deadline_ms, &frame, e);
		if (r != SF_OK)
			return r;
		switch (frame.type) {
		case SF_WIRE_SHOW:
			r = on_show(run, &frame, e);
			break;
		case SF_WIRE_ASK:
			r = on_ask(run, &frame, e);
			break;
		case SF_WIRE_FACTS:
			r = on_facts(run, &frame, e);
			break;
		case SF_WIRE_DONE:
		case SF_WIRE_FAIL:
			r = sf_job_result_from_frame(&frame, ret_result, e);
			return r == SF_OK ? sf_outcome_from_frame(&frame, &ret_result->outcome, e)
					  : r;
		case SF_WIRE_END:
			return SF_FAIL(e, SF_E_WORKER, 0, "sfoauth-worker ended without a result");
		default:
			return SF_FAIL(e, SF_E_PROTOCOL, 0, "frame type %d is not allowed here",
			    (int)frame.type);
		}
		if (r != SF_OK)
			return r;
	}
}

/*
 * Read the token that the worker wrote. The file is sealed first, so that a process which still has
 * the descriptor cannot change it after the checks.
 */
static enum sf_err read_record(int fd, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	bool is_ours = false;
	enum sf_err r;

	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0 ||
	    lseek(fd, 0, SEEK_SET) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot seal the record");
	stored = sf_secret_read(fd, SF_TOKEN_STORED_MAX);
	if (!stored)
		return SF_FAIL(e,
		    errno == E2BIG    ? SF_E_PROTOCOL
		    : errno == ENOMEM ? SF_E_NOMEM
				      : SF_E_SYSTEM,
		    errno, "cannot read the record");
	r = sf_token_parse(stored, &is_ours, ret_token, e);
	if (r == SF_OK && !is_ours)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the record is not a token");
	return r;
}

/* A descriptor of the parameters, where 0 means none: the struct may be zeroed. */
static int given_fd(int fd)
{
	return fd > 0 ? fd : -1;
}

/* Start the worker and send the job. job.h says which descriptor is for what. */
static enum sf_err start_worker(struct run *run, int record_fd, struct sf_error *e)
{
	const struct sf_spawn_params spawn = {
	    .path = SF_WORKER_PROGRAM,
	    .fds = {-1, record_fd, given_fd(run->params->secret_fd),
		run->params->listener_fds[0] > 0 ? run->params->listener_fds[0]
						 : run->params->body_fd,
		run->params->lock_fd > 0 ? run->params->lock_fd
					 : given_fd(run->params->listener_fds[1])},
	    .confined = true,
	};
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	enum sf_err r = sf_spawn(&spawn, &run->child, e);

	if (r != SF_OK)
		return r;
	sf_job_to_frame(run->params->job, &frame);
	return sf_wire_send(run->child.fd, &frame, run->deadline_ms, e);
}

static void run_clear(struct run *run)
{
	sf_child_killp(&run->child);
}

/*
 * Wait for the worker's end, and decide. Success takes all of: the facts passed, the worker
 * reported success, and it exited with 0. The most specific failure is the one that counts; of a
 * refusal by the check, *result gets the error and its row.
 */
static enum sf_err finish_worker(struct run *run, struct sf_job_result *result, struct sf_error *e)
{
	bool is_clean = false;

	sf_child_end(&run->child, run->deadline_ms, &is_clean);
	/* The refusal's own words, whatever came of the revocation after it. */
	if (run->judged.code != SF_OK) {
		*e = result->error = run->judged;
		(void)!sf_text_copy(result->row, sizeof(result->row), run->judged_row);
	} else if (result->error.code != SF_OK)
		*e = result->error;
	else if (!is_clean)
		(void)SF_FAIL(e, SF_E_WORKER, 0, "sfoauth-worker reported success and then failed");
	else
		e->code = SF_OK;
	return e->code;
}

/* sf_worker_client_run without its log lines. */
static enum sf_err run_job(const struct sf_worker_client_params *params,
    struct sf_token **ret_token, struct sf_job_result *ret_result, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int record_fd = -1;
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	SF_CLEANUP(run_clear) struct run run = {.params = params, .child = {.fd = -1}};
	const enum sf_job_kind kind = params->job->kind;
	const bool is_kept = kind == SF_JOB_REFRESH || (kind == SF_JOB_LOGIN && params->job->keep);
	struct sf_error ignored;
	enum sf_err r = SF_OK;

	memset(ret_result, 0, sizeof(*ret_result));
	*ret_token = NULL;
	run.deadline_ms = params->job->deadline_ms + SF_GRACE_MS;
	record_fd = memfd_create("sfoauth-record", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (record_fd < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "no memory for a record");
	r = start_worker(&run, record_fd, e);
	if (r == SF_OK)
		r = converse(&run, ret_result, e);
	if (r == SF_OK)
		r = finish_worker(&run, ret_result, e);
	else
		sf_child_killp(&run.child);
	/*
	 * A record of a refresh counts even if the worker failed after it wrote it: Salesforce may
	 * have rotated the old refresh token. Without an access token, the failure stays one.
	 */
	if (r == SF_OK && is_kept)
		r = read_record(record_fd, &token, e);
	else if (r != SF_OK && kind == SF_JOB_REFRESH)
		(void)!read_record(record_fd, &token, &ignored);
	if (token && token->access_token)
		r = SF_OK;
	if (r == SF_OK && (kind == SF_JOB_LOGIN || kind == SF_JOB_WHOIS) && !run.has_facts)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "sfoauth-worker sent no FACTS");
	if (r == SF_OK && kind == SF_JOB_LOGIN && is_kept)
		r = sf_signin_check_record(params->check, &run.facts, params->job, token, e);
	if (r == SF_OK && params->ret_facts)
		*params->ret_facts = run.facts;
	if (r == SF_OK || kind == SF_JOB_REFRESH)
		*ret_token = SF_TAKE(token);
	return r;
}

enum sf_err sf_worker_client_run(const struct sf_worker_client_params *params,
    struct sf_token **ret_token, struct sf_job_result *ret_result, struct sf_error *e)
{
	static const char *const kinds[] = {
	    [SF_JOB_LOGIN] = "login",
	    [SF_JOB_REFRESH] = "refresh",
	    [SF_JOB_WHOIS] = "whois",
	    [SF_JOB_REVOKE] = "revoke",
	    [SF_JOB_GET] = "get",
	    [SF_JOB_PROBE] = "probe",
	};
	const int64_t since_ms = sf_clock_now_ms();
	const char *kind = kinds[params->job->kind];
	enum sf_err r;

	sf_log_line(LOG_DEBUG, "job=%s at=%s path=%s proxy=%s ca_file=%s", kind,
	    params->job->login_url, params->job->path, params->job->proxy, params->job->ca_file);
	r = run_job(params, ret_token, ret_result, e);
	sf_log_line(LOG_DEBUG, "job=%s result=%s status=%u row=%s ms=%d landlock=%u%s%s", kind,
	    r == SF_OK ? "ok" : sf_err_name(r), ret_result->status, ret_result->row,
	    (int)(sf_clock_now_ms() - since_ms), ret_result->landlock,
	    r == SF_OK ? "" : " why=", r == SF_OK ? "" : e->detail);
	return r;
}
