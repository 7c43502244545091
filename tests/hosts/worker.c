/*
 * A worker for tests that start it thousands of times: no network, no waiting; the same frames as
 * the real one. Who "signs in" is in the job: the flow's client_id is NAME of NAME@acme.example.
 * Before anything else it looks at what it was started with, and fails where a host's state has
 * come through: that is what it is for.
 */
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "facts_frame.h"
#include "file.h"
#include "job.h"
#include "secret.h"
#include "text.h"
#include "token.h"
#include "wire.h"

#include "banned.h"

extern char **environ;

#define ORG  "00D5f000000AbcdEAC"
#define USER "0055f00000EfGhiAAF"

/* NULL if signals are as a fresh program's. */
static const char *look_at_signals(void)
{
	sigset_t mask;

	if (sigprocmask(SIG_SETMASK, NULL, &mask) != 0 || !sigisemptyset(&mask))
		return "blocked signals";
	for (int sig = 1; sig < NSIG; sig++) {
		unsigned long action[16] = {0};

		if (syscall(SYS_rt_sigaction, sig, NULL, action, (size_t)(NSIG - 1) / 8) == 0 &&
		    action[0] != 0)
			return "an ignored signal";
	}
	return NULL;
}

static const char *look_at_descriptors(void)
{
	struct stat st;

	for (int fd = 0; fd < 3; fd++)
		if (fstat(fd, &st) != 0 || !S_ISCHR(st.st_mode))
			return "a standard descriptor that is not /dev/null";
	if (fstat(SF_WIRE_FD, &st) != 0 || !S_ISSOCK(st.st_mode))
		return "no socket on descriptor 3";
	for (int fd = SF_WIRE_SECRET_FD; fd < 4096; fd++)
		if (fstat(fd, &st) == 0)
			return "a descriptor of the host's";
	return NULL;
}

static const char *look_at_rights(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
	uid_t uid, euid, suid;
	gid_t gid, egid, sgid;

	if (getresuid(&uid, &euid, &suid) != 0 || uid == 0 || euid != uid || suid != uid)
		return "a uid of the host's";
	if (getresgid(&gid, &egid, &sgid) != 0 || gid == 0 || egid != gid || sgid != gid)
		return "a gid of the host's";
	if (getgroups(0, NULL) != 0)
		return "groups of the host's";
	if (syscall(SYS_capget, &header, data) != 0 || data[0].effective || data[0].permitted ||
	    data[0].inheritable || data[1].effective || data[1].permitted || data[1].inheritable)
		return "capabilities";
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return "no no_new_privs";
	return NULL;
}

static const char *look_at_rest(void)
{
	struct rlimit files, core;
	int death_signal = 0;
	char cwd[16] = "";

	if (environ && environ[0])
		return "an environment";
	if (!getcwd(cwd, sizeof(cwd)) || strcmp(cwd, "/") != 0)
		return "a directory of the host's";
	if (umask(077) != 077)
		return "a umask of the host's";
	if (prctl(PR_GET_PDEATHSIG, &death_signal) != 0 || death_signal != SIGKILL)
		return "no death signal";
	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur > 32 ||
	    getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0)
		return "limits of the host's";
	return NULL;
}

static const char *look(void)
{
	const char *(*const looks[])(void) = {
	    look_at_signals, look_at_descriptors, look_at_rights, look_at_rest};
	const char *found = NULL;

	for (size_t i = 0; !found && i < SF_COUNT(looks); i++)
		found = looks[i]();
	return found;
}

static enum sf_err send_frame(const struct sf_frame *frame, struct sf_error *e)
{
	return sf_wire_send(SF_WIRE_FD, frame, sf_clock_now_ms() + 5000, e);
}

static enum sf_err show(struct sf_error *e)
{
	const struct sf_show show = {
	    .verification_uri = "https://acme.my.salesforce.com/setup/connect",
	    .user_code = "K7P2QW4Z",
	    .life_s = 600};
	struct sf_frame frame = {0};

	sf_show_to_frame(&show, &frame);
	return send_frame(&frame, e);
}

static enum sf_err tell(const struct sf_job *job, struct sf_error *e)
{
	struct sf_facts facts = {
	    .id_url = "https://login.salesforce.com/id/" ORG "/" USER,
	    .instance_url = "https://acme.my.salesforce.com",
	    .token_prefix = "00D5f000000Abcd",
	    .user_id = USER,
	    .organization_id = ORG,
	    .asserted_user = SF_GIVEN_TRUE,
	    .active = SF_GIVEN_TRUE,
	    .user_type = "STANDARD",
	    .integration_user = SF_GIVEN_FALSE,
	};
	struct sf_frame frame = {0};

	(void)snprintf(
	    facts.username, sizeof(facts.username), "%.60s@acme.example", job->client_id);
	sf_facts_to_frame(&facts, &frame);
	return send_frame(&frame, e);
}

static enum sf_err write_record(struct sf_error *e)
{
	char text[512];
	int len = snprintf(text, sizeof(text),
	    "sfoauth=1\norigin=https://acme.my.salesforce.com:443\napp=3MVG9acme.Local_App\n"
	    "org_id=" ORG "\nuser_id=" USER "\nusername=ada@acme.example\nscope=api\n"
	    "issued_at_ms=%lld\nexpires_at=%lld\n"
	    "generation=0123456789abcdef\naccess_token=00D5f000000Abcd!no.token\n",
	    (long long)sf_clock_wall_s() * 1000, (long long)sf_clock_wall_s() + 7200);

	if (!sf_file_write_all(SF_WIRE_RECORD_FD, text, (size_t)len))
		return SF_FAIL(e, SF_E_STORE, errno, "the record cannot be written");
	return SF_OK;
}

static enum sf_err log_in(const struct sf_job *job, struct sf_job_result *end, struct sf_error *e)
{
	struct sf_frame frame = {0};
	bool yes = false;
	enum sf_err r = show(e);

	if (r == SF_OK)
		r = tell(job, e);
	end->token = SF_TOKEN_STATE_REVOKED;
	if (r == SF_OK)
		r = sf_wire_recv(SF_WIRE_FD, job->deadline_ms, &frame, e);
	if (r == SF_OK && frame.type != SF_WIRE_VERDICT)
		return SF_FAIL(e, SF_E_INTERRUPTED, 0, "no verdict");
	if (r == SF_OK)
		r = sf_wire_flag(&frame, SF_TAG_YES, &yes, e);
	if (r == SF_OK && yes && job->keep && write_record(e) == SF_OK)
		end->token = SF_TOKEN_STATE_KEPT;
	return r;
}

int main(void)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = {0};
	struct sf_job_result end = {.landlock = 1, .token = SF_TOKEN_STATE_REVOKED};
	struct sf_frame frame = {0};
	struct sf_error e = {0};
	const char *found = look();
	enum sf_err r = sf_wire_recv(SF_WIRE_FD, sf_clock_now_ms() + 5000, &frame, &e);

	if (r == SF_OK)
		r = sf_job_from_frame(&frame, &job, &e);
	if (r == SF_OK && found)
		r = SF_FAIL(&e, SF_E_SANDBOX, 0, "started with %s", found);
	if (r == SF_OK && job.kind == SF_JOB_LOGIN)
		r = log_in(&job, &end, &e);
	if (r != SF_OK)
		end.error = e;
	memset(&frame, 0, sizeof(frame));
	sf_job_result_to_frame(&end, &frame);
	return send_frame(&frame, &e) == SF_OK ? 0 : 1;
}
