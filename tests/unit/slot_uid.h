#ifndef SF_TEST_SLOT_UID_H
#define SF_TEST_SLOT_UID_H

/*
 * Kernel keyrings and their quotas belong to uids, whatever the test. Uids that no other test on
 * this machine uses now: those of SF_SLOT, which tests/run sets; the first 60 are the accounts of
 * tests/e2e/lib.sh.
 */

#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#define SLOT_UID_SIGN_IN  60 /* whose keyring is used */
#define SLOT_UID_STRANGER 61 /* another's */

static inline uid_t slot_uid(unsigned offset)
{
	const char *slot = secure_getenv("SF_SLOT");

	return (uid_t)(47001 + 100 * (slot ? strtoul(slot, NULL, 10) : 0) + offset);
}

/* Root's own user keyring may hold keys of a real sign-in: leave it, for good. */
static inline bool slot_uid_become(unsigned offset)
{
	const uid_t uid = slot_uid(offset);

	/* Sanitizers attach to the process, which the change of uid forbids. */
	return geteuid() != 0 || (setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) == 0 &&
				     prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0);
}

#endif
