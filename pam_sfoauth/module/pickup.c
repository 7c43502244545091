/*
 * The claim on a record, as data of the PAM handle, and its use in open_session. A record without a
 * valid claim is revoked; its content is never read here.
 */
#include "pickup.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "job.h"
#include "launch.h"
#include "rundir.h"

#include "banned.h"

#define DATA_NAME "sfoauth_claim" /* of pam_set_data(3) */

struct claim {
	char id[SF_HANDOFF_ID_SIZE];
	char user[]; /* PAM_USER when it was claimed */
};

/* The cleanup function of pam_set_data(3). */
static void claim_free(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	(void)status;
	free(data);
}

static const struct claim *find_claim(pam_handle_t *pamh)
{
	const void *data = NULL;

	return pam_get_data(pamh, DATA_NAME, &data) == PAM_SUCCESS ? data : NULL;
}

void sf_pickup_take(pam_handle_t *pamh, char ret_id[static SF_HANDOFF_ID_SIZE])
{
	const char *value = pam_getenv(pamh, SF_HANDOFF_VARIABLE);

	ret_id[0] = '\0';
	if (!value)
		return;
	if (sf_handoff_is_id(value))
		memcpy(ret_id, value, SF_HANDOFF_ID_SIZE);
	if (pam_putenv(pamh, SF_HANDOFF_VARIABLE) != PAM_SUCCESS)
		sf_log_line(
		    LOG_WARNING, "sfoauth: %s stays in the PAM environment", SF_HANDOFF_VARIABLE);
}

void sf_pickup_claim(pam_handle_t *pamh, const char *id, const char *user)
{
	size_t user_size = strlen(user) + 1;
	struct claim *claim = NULL;

	if (id[0] == '\0')
		return;
	claim = malloc(sizeof(*claim) + user_size);
	if (!claim)
		return; /* the record is left to the next sweep */
	memcpy(claim->id, id, sizeof(claim->id));
	memcpy(claim->user, user, user_size);
	if (pam_set_data(pamh, DATA_NAME, claim, claim_free) != PAM_SUCCESS)
		free(claim);
}

void sf_pickup_forget(pam_handle_t *pamh)
{
	if (find_claim(pamh))
		(void)pam_set_data(pamh, DATA_NAME, NULL, NULL);
}

bool sf_pickup_has_claim(pam_handle_t *pamh)
{
	return find_claim(pamh) != NULL;
}

/*
 * Revoke a record that no session may use, and write its audit line. Without an org there is no
 * server to revoke it at: it is closed, and the line says "orphaned".
 */
static void drop_record(
    const struct sf_phase *phase, int take_record, enum sf_err reason, const char *why)
{
	enum sf_token_state state = SF_TOKEN_STATE_ORPHANED;
	struct stat st = {0};

	(void)fstat(take_record, &st);
	if (phase->org)
		sf_launch_revoke(
		    phase->org, take_record, sf_clock_now_ms() + SF_LAUNCH_SHORT_MS, &state);
	else
		sf_fd_closep(&take_record);
	sf_phase_audit_dropped(phase, &(struct sf_phase_dropped){.owner = st.st_uid,
					  .reason = reason,
					  .token = sf_token_state_name(state),
					  .why = why});
}

/* Give the record to sfoauth-keep. If that fails, revoke it. */
static void store_record(struct sf_phase *phase, int take_record)
{
	SF_CLEANUP(sf_fd_closep) int record = take_record;
	struct sf_error e;

	if (sf_launch_keep(&phase->who, record, &e) == SF_OK) {
		phase->token = sf_token_state_name(SF_TOKEN_STATE_KEPT);
		sf_phase_audit(phase, "kept");
		return;
	}
	sf_log_error(&e);
	drop_record(phase, SF_TAKE_FD(record), e.code, e.detail);
}

void sf_pickup_keep(struct sf_phase *phase)
{
	const struct sf_rundir_params params = {
	    .parent = SF_RUNDIR_PARENT, .name = SF_RUNDIR_HANDOFF, .in_memory = true};
	const struct claim *claim = find_claim(phase->pamh);
	const struct sf_account *account = &phase->who.account;
	SF_CLEANUP(sf_fd_closep) int dir = -1;
	uid_t uid = (uid_t)-1; /* no account: sf_handoff_claim then finds the record SPOILT */
	bool is_same = false;
	int record = -1;
	struct sf_error e;

	if (!claim)
		return;
	/* The application may have changed PAM_USER since; root's sessions keep no token. */
	is_same = phase->who.name && strcmp(claim->user, phase->who.name) == 0;
	if (is_same && account->exists && account->uid != 0)
		uid = account->uid;
	if (sf_rundir_open(&params, &dir, &e) != SF_OK) {
		sf_log_error(&e);
		return;
	}
	switch (sf_handoff_claim(dir, claim->id, uid, sf_clock_wall_s(), &record)) {
	case SF_HANDOFF_NONE:
		sf_log_line(LOG_NOTICE, "the record for this session is gone");
		return;
	case SF_HANDOFF_TAKEN:
		store_record(phase, record);
		return;
	case SF_HANDOFF_SPOILT:
		drop_record(phase, record, is_same ? SF_E_EXPIRED : SF_E_DENIED,
		    is_same ? "the record has another owner or is too old"
			    : "PAM_USER has changed since the sign-in");
		return;
	}
}
