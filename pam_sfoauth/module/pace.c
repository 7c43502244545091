/* Applies start_rate and waiting_max at the start of a sign-in. The counters are in throttle.c. */
#include "pace.h"

#include <string.h>
#include <unistd.h>

#include <security/pam_modules.h>

#include "clock.h"
#include "converse.h"
#include "file.h"
#include "identity.h"
#include "rundir.h"

#include "banned.h"

#define COUNTED   "sfoauth_counted" /* pam_set_data(3): the start of this handle is counted */
#define PAUSE_MS  200               /* between two attempts to take a waiting place */
#define SILENT_MS 1000              /* a shorter wait is not announced */

/* Has sshd accepted a public key, whether or not the policy requires one? */
static bool has_first_factor(const struct sf_phase *phase)
{
	const struct sf_pam strict = {.ssh_first_factor = SF_FIRST_FACTOR_PUBLICKEY};

	return strcmp(phase->entry_service, "sshd") == 0 &&
	       sf_identity_first_factor(&strict, phase->entry_service,
		   pam_getenv(phase->pamh, "SSH_AUTH_INFO_0")) == SF_RULE_NONE;
}

/* Is this a local caller whose handle was counted before? A remote one counts on each attempt. */
static bool is_counted(const struct sf_phase *phase)
{
	const void *data = NULL;

	return phase->rhost[0] == '\0' && pam_get_data(phase->pamh, COUNTED, &data) == PAM_SUCCESS;
}

/* Only the presence of the data matters, so it is a constant. */
static void set_counted(const struct sf_phase *phase)
{
	static char yes[] = "";

	(void)pam_set_data(phase->pamh, COUNTED, yes, NULL);
}

/* Tell the person about the wait that begins, once. */
static void announce_wait(struct sf_phase *phase)
{
	if (!phase->is_wait_told)
		sf_converse_wait(phase->pamh, phase->entry_service, phase->config->pam.language);
	phase->is_wait_told = true;
}

/* Try to take a waiting place until until_ms. The last attempt is at that time. */
static enum sf_err find_place(struct sf_phase *phase, const struct sf_throttle_caller *caller,
    int64_t until_ms, int64_t deadline_ms, struct sf_error *e)
{
	for (;;) {
		const int64_t now_ms = sf_clock_now_ms();
		enum sf_err r;

		if (sf_throttle_enter(&phase->throttle, phase->config->pam.waiting_max, caller,
			now_ms, deadline_ms))
			return SF_OK;
		if (now_ms >= until_ms)
			return SF_FAIL(
			    e, SF_E_RATE, 0, "waiting_max: too many sign-ins are waiting");
		announce_wait(phase);
		r = sf_watch_wait(&phase->watch, -1, sf_clock_within_ms(until_ms, PAUSE_MS), e);
		if (r != SF_OK)
			return r;
	}
}

static enum sf_err open_throttle(struct sf_phase *phase, struct sf_error *e)
{
	const struct sf_rundir_params params = {.parent = SF_RUNDIR_PARENT, .name = SF_RUNDIR_LOCK};
	SF_CLEANUP(sf_fd_closep) int dir = -1;
	enum sf_err r = sf_rundir_open(&params, &dir, e);

	return r == SF_OK ? sf_throttle_open(&phase->throttle, dir, e) : r;
}

enum sf_err sf_pace_enter(
    struct sf_phase *phase, bool is_decoy, int64_t deadline_ms, struct sf_error *e)
{
	const struct sf_throttle_caller caller = {
	    .rhost = phase->rhost, .uid = getuid(), .is_decoy = is_decoy};
	const int64_t now_ms = sf_clock_now_ms();
	int64_t at_ms = now_ms;
	enum sf_err r;

	/* If the counters cannot be opened, the sign-in continues without a limit. */
	if (open_throttle(phase, e) != SF_OK) {
		sf_log_error(e);
		return SF_OK;
	}
	if (has_first_factor(phase) || is_counted(phase))
		return SF_OK;
	r = sf_throttle_start(
	    &phase->throttle, &phase->config->pam.start_rate, &caller, now_ms, &at_ms, e);
	if (r == SF_OK && at_ms - now_ms > SILENT_MS)
		announce_wait(phase);
	if (r == SF_OK)
		r = sf_watch_wait(&phase->watch, -1, at_ms, e);
	if (r == SF_OK)
		r = find_place(phase, &caller, now_ms + SF_THROTTLE_WAIT_MAX_MS, deadline_ms, e);
	if (r == SF_OK)
		set_counted(phase);
	return r;
}
