/*
 * The checks of sfoauth doctor, one file for each part of the machine, and the rows that they show.
 * No row holds a secret, so that people can paste the output into a report. A check shows one row,
 * or one for each defect. No check stops the others.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "cmd.h"
#include "config.h"
#include "err.h"
#include "json_out.h"
#include "pam_stack.h"

#define SF_DOCTOR_MODULE  "pam_sfoauth.so"
#define SF_DOCTOR_MAP_MAX (1024 * 1024) /* bytes; the module reads no more of a user_map either */

/* Each defect that doctor can find; doctor.def has its check, exit code and remedy. */
enum sf_finding {
#define SF_FINDING(id, ...) SF_FINDING_##id,
#include "doctor.def"
#undef SF_FINDING
	SF_FINDING_COUNT
};

/* What the checks share. */
struct sf_doctor {
	struct sf_cmd *cmd;
	struct sf_json_out *out; /* NULL: text output */
	bool is_root;
	struct sf_config *host;   /* the system's file, owned; NULL: missing, unreadable or wrong */
	const struct sf_pam *pam; /* [pam] of host; NULL: none */
	const struct sf_org *org; /* the org to check; NULL: none */
	bool is_worker_bad;       /* missing, or others can change it: do not run it */
	bool has_stack;           /* a service has a line with pam_sfoauth.so */
	unsigned tried, failed;   /* checks; skipped ones do not count */
	enum sf_err first;        /* the first failure, which gives the exit code; SF_OK: none */
};

/*
 * Show a row. check: its name, for programs. found: a message without a period, with args. remedy:
 * a sentence that helps, or NULL. A failed check takes name and remedy from doctor.def.
 */
void sf_doctor_ok(
    struct sf_doctor *d, const char *check, enum sf_message found, const struct sf_arg *args);
void sf_doctor_skip(struct sf_doctor *d, const char *check, const char *remedy,
    enum sf_message found, const struct sf_arg *args);
void sf_doctor_fail(
    struct sf_doctor *d, enum sf_finding finding, enum sf_message found, const struct sf_arg *args);
/* A failed check of a file: it is missing, or e says what is wrong with it. */
void sf_doctor_fail_file(
    struct sf_doctor *d, enum sf_finding finding, const char *path, const struct sf_error *e);
/* A call that failed, with the sentence and the remedy that main would print for e. */
void sf_doctor_error(struct sf_doctor *d, const char *check, const struct sf_error *e);

/*
 * The installed programs, and whether the sandbox of the worker works with this kernel and these
 * libraries. Sets is_worker_bad.
 */
void sf_doctor_parts(struct sf_doctor *d);

/* The PAM module and the users of the worker, which only logins need. */
void sf_doctor_module(struct sf_doctor *d);

/*
 * Both configuration files and the files that they name. Chooses the org; sets host, pam and org.
 */
void sf_doctor_files(struct sf_doctor *d);

/*
 * CA file and name service; then, with two requests of the worker, connection, TLS, clock,
 * organization id and app. The second one asks for a device code, which nobody sees or approves.
 * Then two for each callback, if people sign in in a browser.
 */
void sf_doctor_network(struct sf_doctor *d);

/* The desktop keyring and the kernel keyring. */
void sf_doctor_keyrings(struct sf_doctor *d);

/* The PAM stacks of this host. Sets has_stack. */
void sf_doctor_stacks(struct sf_doctor *d);

/* The accounts that can log in but are neither mapped nor local. Needs pam. */
void sf_doctor_accounts(struct sf_doctor *d);

/* If logins use sfoauth: [pam], user_map, module, sshd and login.defs. */
void sf_doctor_logins(struct sf_doctor *d);
