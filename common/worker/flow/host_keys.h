/*
 * Names of this host's ssh keys, for the state of a sign-in over ssh. The command on the person's
 * machine compares them with the key of its own ssh connection, and answers only if one is equal:
 * a host that relays the address of another host's sign-in gets no answer.
 */
#pragma once

#include "text.h"

/* Characters of one name: the first 132 bits of the SHA-256 of the public key, as base64url. */
#define SF_HOST_KEYS_NAME_LEN 22
#define SF_HOST_KEYS_SIZE     (8 * SF_HOST_KEYS_NAME_LEN + 1) /* of all names, with NUL */

/* Where sshd has its public keys if HostKey of sshd_config(5) is not set; ends with NULL. */
extern const char *const sf_host_keys_files[];

/*
 * Append the name of the key in each file (one line, "TYPE BASE64 COMMENT", of root or of the
 * effective uid), one directly after the other. A file that is missing, unsafe or malformed is left
 * out: without any name the sign-in is not bound to a host.
 */
void sf_host_keys_names(const char *const *files, struct sf_text *ret_names);
