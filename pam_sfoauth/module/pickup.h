/*
 * From the PAM environment to the kernel keyring: setcred claims the hand-off variable, which no
 * user process ever sees; open_session uses only what was claimed.
 */
#pragma once

#include <security/pam_modules.h>

#include "handoff.h"
#include "phase.h"

/* Read the variable and remove it, whatever it holds. ret_id is "" unless it is an id. */
void sf_pickup_take(pam_handle_t *pamh, char ret_id[static SF_HANDOFF_ID_SIZE]);

/* Keep id and the user's name for open_session. An id of "" keeps what was claimed before. */
void sf_pickup_claim(pam_handle_t *pamh, const char *id, const char *user);

/* Drop what was claimed; the record is left to the next sweep. */
void sf_pickup_forget(pam_handle_t *pamh);

/* Was anything claimed? */
bool sf_pickup_has_claim(pam_handle_t *pamh);

/*
 * Take the claimed record and have sfoauth-keep store it for the phase's user. One that is not
 * his, too old, or claimed under another name is revoked unread. Nothing here fails a session.
 */
void sf_pickup_keep(struct sf_phase *phase);
