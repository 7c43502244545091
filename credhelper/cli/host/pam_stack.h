/*
 * A PAM stack as Linux-PAM reads it from /etc/pam.d: the lines of one service with all that it
 * includes, and what a return value of each module leads to.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "err.h"

#define SF_PAM_STACK_FOLDER    "/etc/pam.d"
#define SF_PAM_STACK_LINES_MAX 128
#define SF_PAM_STACK_NAME_SIZE 64
#define SF_PAM_STACK_ARGS_SIZE 512
#define SF_PAM_STACK_FILE_MAX  65536

enum sf_pam_stack_phase {
	SF_PAM_STACK_AUTH,
	SF_PAM_STACK_ACCOUNT,
	SF_PAM_STACK_SESSION,
	SF_PAM_STACK_PASSWORD
};

enum sf_pam_stack_action {
	SF_PAM_STACK_BAD, /* also where nothing is said */
	SF_PAM_STACK_DIE,
	SF_PAM_STACK_IGNORE,
	SF_PAM_STACK_OK,
	SF_PAM_STACK_DONE,
	SF_PAM_STACK_RESET,
	SF_PAM_STACK_JUMP, /* over the next lines; by itself neither a yes nor a no */
};

/* The return values that we look at. From AUTH_ERR on, each is a no of our module,
 * or of Linux-PAM where the module is not there. */
enum sf_pam_stack_value {
	SF_PAM_STACK_SUCCESS,
	SF_PAM_STACK_USER_UNKNOWN,
	SF_PAM_STACK_AUTH_ERR,
	SF_PAM_STACK_PERM_DENIED,
	SF_PAM_STACK_AUTHINFO_UNAVAIL,
	SF_PAM_STACK_SERVICE_ERR,
	SF_PAM_STACK_SYSTEM_ERR,
	SF_PAM_STACK_CONV_ERR,
	SF_PAM_STACK_BUF_ERR,
	SF_PAM_STACK_MODULE_UNKNOWN,
	SF_PAM_STACK_VALUE_COUNT
};

struct sf_pam_stack_line {
	enum sf_pam_stack_phase phase;
	enum sf_pam_stack_action actions[SF_PAM_STACK_VALUE_COUNT];
	char module[SF_PAM_STACK_NAME_SIZE]; /* without its directory */
	char file[SF_PAM_STACK_NAME_SIZE];   /* of /etc/pam.d, that the line stands in */
	char arguments
	    [SF_PAM_STACK_ARGS_SIZE]; /* as they are written; "..." where they are longer */
	unsigned jump;                /* over how many lines, where an action jumps: the longest */
	unsigned substack; /* 0: none; a done or die of a substack's line ends no more than that */
};

struct sf_pam_stack {
	struct sf_pam_stack_line lines[SF_PAM_STACK_LINES_MAX];
	size_t count;
};

/*
 * Read the stack of a service from a directory such as /etc/pam.d, or /usr/lib/pam.d where that has
 * none. Fails with CONFIG: the file is not there (sys is ENOENT); what it includes is not; one of
 * them is writable by others than root and its owner; more lines or deeper includes than anybody
 * needs; a line that Linux-PAM would not take, or that makes it refuse everybody.
 */
SF_CHECKED enum sf_err sf_pam_stack_read(
    const char *directory, const char *service, struct sf_pam_stack *ret_stack, struct sf_error *e);

/*
 * The same of a text, which is changed; name is what its file is called, and what it includes is
 * read from the directory.
 */
SF_CHECKED enum sf_err sf_pam_stack_parse(const char *directory, const char *name, char *text,
    struct sf_pam_stack *ret_stack, struct sf_error *e);

/* The first line of a phase with that module; count where there is none. */
size_t sf_pam_stack_find(
    const struct sf_pam_stack *stack, enum sf_pam_stack_phase phase, const char *module);

/* Does every no that the line may get end or spoil the phase? */
bool sf_pam_stack_refuses(const struct sf_pam_stack_line *line);

/*
 * The first line, of those at `from` and behind, that can overrule line `at`: by a yes that ends
 * the phase before it, a jump over it, or by taking back behind it what it said. count: none.
 */
size_t sf_pam_stack_overruled(const struct sf_pam_stack *stack, size_t at, size_t from);
