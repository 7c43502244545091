/*
 * What sfoauth doctor looks at, a file for each part of the machine, and the rows that it shows.
 * Nothing shown is secret: it is made to be pasted. A check shows one row, or one for each thing
 * that is wrong. It goes on whatever it finds.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "cmd.h"
#include "config.h"
#include "err.h"
#include "json_out.h"
#include "pam_stack.h"

#define SF_DOCTOR_MODULE "pam_sfoauth.so"

enum sf_finding {
#define SF_FINDING(id, ...) SF_FINDING_##id,
#include "doctor.def"
#undef SF_FINDING
	SF_FINDING_COUNT
};

struct sf_doctor {
	struct sf_cmd *cmd;
	struct sf_json_out *out; /* NULL: words */
	bool is_root;
	struct sf_config *host;   /* the system's file; NULL: none, not readable or wrong. Owned */
	const struct sf_pam *pam; /* [pam], of host; NULL: none */
	const struct sf_org *org; /* the one that is looked at; NULL: none */
	bool is_worker_bad;       /* missing, or others can change it: it is not run */
	bool has_stack;           /* some service has a line with our module */
	unsigned tried, failed;
	enum sf_err first; /* why the first failed */
};

/*
 * Rows: what was found, a row of messages.def without a period. remedy: what helps, or NULL; where
 * something failed, doctor.def has it.
 */
void sf_doctor_ok(
    struct sf_doctor *d, const char *check, enum sf_message found, const struct sf_ui_arg *args);
void sf_doctor_skip(struct sf_doctor *d, const char *check, const char *remedy,
    enum sf_message found, const struct sf_ui_arg *args);
void sf_doctor_fail(struct sf_doctor *d, enum sf_finding finding, enum sf_message found,
    const struct sf_ui_arg *args);
/* The same where a file is not there, or not as e says. */
void sf_doctor_fail_file(
    struct sf_doctor *d, enum sf_finding finding, const char *path, const struct sf_error *e);
/* The row of a call that failed, with the words that main would say. */
void sf_doctor_error(struct sf_doctor *d, const char *check, const struct sf_error *e);

/* What was installed, and does the sandbox work with this kernel and these libraries? */
void sf_doctor_parts(struct sf_doctor *d);
/* The module and the worker's users, which only logins need. */
void sf_doctor_module(struct sf_doctor *d);
/* The two files, what they name, and which org is meant: fills host, pam, org. */
void sf_doctor_files(struct sf_doctor *d);
/* CA file, name service, connection, TLS, clock, app, organization id: one probe of the worker. */
void sf_doctor_network(struct sf_doctor *d);
/* The desktop keyring, and the kernel's. */
void sf_doctor_keyrings(struct sf_doctor *d);
/* PAM stacks, fills has_stack; then what logins depend on: [pam], module, sshd, login.defs. */
void sf_doctor_stacks(struct sf_doctor *d);
void sf_doctor_logins(struct sf_doctor *d);
