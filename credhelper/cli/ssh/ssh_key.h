/*
 * The host key of one ssh connection. KnownHostsCommand of ssh_config(5) tells it, in a process of
 * its own; ssh's next question is another one. In between it is a symbolic link in the state
 * directory, named after the ssh process and its start, whose target is the fingerprint.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "attr.h"

#define SF_SSH_KEY_SIZE 64 /* of a fingerprint */

/*
 * Record the fingerprint for this ssh process, and remove records of processes that have ended.
 * Best effort.
 */
void sf_ssh_key_record(const char *home, pid_t ssh, const char *fingerprint);

/* Read the record of this ssh process. False: there is none. */
SF_CHECKED bool sf_ssh_key_read(
    const char *home, pid_t ssh, char ret_fingerprint[static SF_SSH_KEY_SIZE]);
/* Remove the record, so that a connection is answered once. False: it is not there. */
SF_CHECKED bool sf_ssh_key_forget(const char *home, pid_t ssh);
