/*
 * sfoauth-worker: runs one job (job.h) from a frame on descriptor 3, then exits. Only this program
 * talks to Salesforce. It never runs as root and enters its sandbox before it connects. It does not
 * decide who may log in, and does not store tokens. See sfoauth-worker(8).
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "flow.h"
#include "json.h"
#include "keyctl.h"
#include "sandbox.h"
#include "selftest.h"
#include "selftest_protocol.h"
#include "signals.h"
#include "text.h"
#include "wire.h"
#include "work.h"

#include "banned.h"

#define JOB_WAIT_MS    10000 /* for the job: the caller sends it right after the start */
#define RESULT_WAIT_MS 2000  /* for sending the last frame */

/* The deadline of the flow. A sign-in reserves time to revoke a token that is not kept. */
static int64_t flow_deadline(const struct sf_job *job)
{
	int64_t left_ms = sf_clock_left_ms(job->deadline_ms);
	int64_t back_ms = left_ms / 4 < SF_WORK_CLEANUP_MS ? left_ms / 4 : SF_WORK_CLEANUP_MS;

	return job->kind == SF_JOB_LOGIN ? job->deadline_ms - back_ms : job->deadline_ms;
}

/*
 * Enter the sandbox. It allows connections to the port of the target or the proxy, and only for a
 * flow with a callback also to listen on the loopback interface.
 */
static enum sf_err enter_sandbox(struct sf_work *work, struct sf_error *e)
{
	const struct sf_sandbox_params params = {
	    .port = sf_http_port(work->http),
	    .serves =
		work->job.kind == SF_JOB_LOGIN && sf_flows_is(work->job.flow, SF_FLOWS_LISTENS),
	    .park = work->params.park,
	    .park_size = SF_TOKEN_STORED_MAX,
	    .park_life_s = SF_KEYCTL_PENDING_LIFE_S,
	};

	return sf_sandbox_enter(&params, &work->result.landlock, e);
}

/*
 * Receive the job and run it. The order matters: what the sandbox forbids comes before it, and
 * bytes from the network are read only after it.
 */
static enum sf_err run_job(struct sf_work *work, struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	enum sf_err r = sf_wire_recv(SF_WIRE_FD, sf_clock_now_ms() + JOB_WAIT_MS, &frame, e);

	if (r == SF_OK && frame.type != SF_WIRE_JOB)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "frame %d instead of JOB", (int)frame.type);
	if (r == SF_OK)
		r = sf_job_from_frame(&frame, &work->job, e);
	if (r != SF_OK)
		return r;
	work->params = (struct sf_flow_params){
	    .ui = &work->ui.ui,
	    .job = &work->job,
	    .client = &work->client,
	    .origin = &work->login,
	    .deadline_ms = flow_deadline(&work->job),
	    .reply_class = &work->reply_class,
	};
	sf_ui_wire_open(SF_WIRE_FD, work->params.deadline_ms, &work->ui);
	sf_json_start();
	r = sf_http_start(e);
	if (r == SF_OK)
		r = sf_work_prepare(work, e);
	if (r == SF_OK)
		r = enter_sandbox(work, e);
	return r == SF_OK ? sf_work_run(work, e) : r;
}

/* Send the last frame, DONE or FAIL. Best effort: the caller may be gone. */
static void send_result(struct sf_work *work, enum sf_err r, const struct sf_error *e)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	struct sf_error ignored;

	work->result.trapped = sf_sandbox_trapped();
	sf_sandbox_call_name(work->result.trapped, work->result.call);
	if (r != SF_OK)
		work->result.error = *e;
	if (r != SF_OK && work->reply_class.row && work->reply_class.next != SF_NEXT_GO_ON &&
	    work->reply_class.failure == r &&
	    sf_text_copy(work->result.row, sizeof(work->result.row), work->reply_class.row)) {
		work->result.app = work->reply_class.app;
		work->result.outcome.retry_s = work->reply_class.retry_s;
		sf_reply_class_words(&work->reply_class, work->result.outcome.words);
	}
	sf_job_result_to_frame(&work->result, &frame);
	if (sf_wire_send(SF_WIRE_FD, &frame, sf_clock_now_ms() + RESULT_WAIT_MS, &ignored) != SF_OK)
		return;
}

/* Is descriptor 3 a socket for frames? Not if a person runs the worker by hand. */
static bool has_frames(void)
{
	int type = 0;
	socklen_t size = sizeof(type);

	return getsockopt(SF_WIRE_FD, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
	       type == SOCK_SEQPACKET;
}

int main(int argc, char **argv)
{
	SF_CLEANUP(sf_work_clear) struct sf_work work = {0};
	struct sf_error e = {0};
	enum sf_err r = sf_sandbox_drop_root(&e);

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("sfoauth-worker " SF_VERSION) < 0;
	if (argc == 2 && sf_text_starts(argv[1], SF_SELFTEST_ARGUMENT))
		return sf_selftest_run(argv[1] + strlen(SF_SELFTEST_ARGUMENT), r, &e);
	if (argc != 1 || !has_frames()) {
		(void)fprintf(stderr, "sfoauth-worker: started by other parts of sfoauth, never by "
				      "hand. See sfoauth-worker(8).\n");
		return 2;
	}
	if (r == SF_OK)
		r = sf_signals_hold(&e);
	if (r == SF_OK)
		r = run_job(&work, &e);
	send_result(&work, r, &e);
	return 0;
}
