/*
 * The second half of the hand-off, from the PAM environment to the kernel keyring. setcred reads
 * the variable and removes it, so that no process of the user sees it. open_session uses only a
 * record that was claimed this way.
 */
#pragma once

#include <security/pam_modules.h>

#include "handoff.h"
#include "phase.h"

/* Read the variable and remove it. ret_id is its value, or "" if that is not a record's id. */
void sf_pickup_take(pam_handle_t *pamh, char ret_id[static SF_HANDOFF_ID_SIZE]);

/*
 * Remember id and user on the handle, for open_session. An id of "" changes nothing. Without memory
 * there is no claim, and the next sweep revokes the record.
 */
void sf_pickup_claim(pam_handle_t *pamh, const char *id, const char *user);

/* Remove the claim. A record that still has its name is revoked by the next sweep. */
void sf_pickup_forget(pam_handle_t *pamh);

/* Is there a claim on this handle? */
bool sf_pickup_has_claim(pam_handle_t *pamh);

/*
 * Take the claimed record and let sfoauth-keep store it for the phase's user. A record is revoked
 * unread if it has another owner, is too old, or was claimed under another name. Failures are
 * logged; none refuses the session.
 */
void sf_pickup_keep(struct sf_phase *phase);
