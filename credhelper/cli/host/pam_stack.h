/*
 * A PAM stack as Linux-PAM reads it from /etc/pam.d: the lines of one service with everything that
 * it includes, and the action for each return value of a module. pam_stack.c says what is not
 * modelled.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"
#include "err.h"

#define SF_PAM_STACK_FOLDER    "/etc/pam.d"
#define SF_PAM_STACK_LINES_MAX 128   /* of all phases, includes counted */
#define SF_PAM_STACK_NAME_SIZE 64    /* of a module or a file */
#define SF_PAM_STACK_ARGS_SIZE 512   /* of the arguments of a line */
#define SF_PAM_STACK_FILE_MAX  65536 /* bytes of a file */

enum sf_pam_stack_phase {
	SF_PAM_STACK_AUTH,
	SF_PAM_STACK_ACCOUNT,
	SF_PAM_STACK_SESSION,
	SF_PAM_STACK_PASSWORD
};

enum sf_pam_stack_action {
	SF_PAM_STACK_BAD, /* also the default, if a control in brackets names none */
	SF_PAM_STACK_DIE,
	SF_PAM_STACK_IGNORE,
	SF_PAM_STACK_OK,
	SF_PAM_STACK_DONE,
	SF_PAM_STACK_RESET,
	SF_PAM_STACK_JUMP, /* skip the next lines; by itself neither success nor failure */
};

/*
 * The return values that matter here. From AUTH_ERR on, each is a refusal by pam_sfoauth, or by
 * Linux-PAM if the module cannot be loaded.
 */
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
	char file[SF_PAM_STACK_NAME_SIZE];   /* that contains the line, for example common-auth */
	char arguments[SF_PAM_STACK_ARGS_SIZE]; /* as written; "..." if they are longer */
	bool resets;       /* some return value, also one that is not listed above, is a reset */
	unsigned jump;     /* lines to skip; the longest, if several actions jump */
	unsigned substack; /* number of the substack, which done and die end; 0: none */
};

/* All phases together, in the order of the files. About 90 KiB. */
struct sf_pam_stack {
	struct sf_pam_stack_line lines[SF_PAM_STACK_LINES_MAX];
	size_t count;
};

/*
 * Read the stack of a service from directory, or from /usr/lib/pam.d if the file is not there.
 * Fails with CONFIG: the service has no file (only then is sys ENOENT); an included file is
 * missing; a file can be changed by others than root and its owner; more than 128 lines, or
 * includes deeper than 8; a line that Linux-PAM does not accept, or that makes it refuse
 * everybody. Then ret_stack has the lines that were read before.
 */
SF_CHECKED enum sf_err sf_pam_stack_read(
    const char *directory, const char *service, struct sf_pam_stack *ret_stack, struct sf_error *e);

/*
 * Parse a text instead of the service's file. name is shown as its file, and directory has the
 * files that it includes. The text is changed. Fails as sf_pam_stack_read().
 */
SF_CHECKED enum sf_err sf_pam_stack_parse(const char *directory, const char *name, char *text,
    struct sf_pam_stack *ret_stack, struct sf_error *e);

/*
 * For pam_stack.c: fill actions, jump and resets of the line from a control, which is changed. One
 * in brackets begins with "[" and has lost its "]". False: Linux-PAM does not know it.
 */
SF_CHECKED bool sf_pam_stack_control_read(char *control, struct sf_pam_stack_line *line);

/* The index of the first line of a phase with that module; stack->count if there is none. */
size_t sf_pam_stack_find(
    const struct sf_pam_stack *stack, enum sf_pam_stack_phase phase, const char *module);

/* Does every refusal of the module make the phase fail (bad or die)? */
bool sf_pam_stack_refuses(const struct sf_pam_stack_line *line);

/*
 * Can an account that pam_sfoauth passes on (PAM_USER_UNKNOWN) pass the auth phase although no
 * module asks for anything? Follows every way through the phase. Modules that only look at facts
 * (pam_permit, pam_env, pam_localuser) may succeed; all others, and pam_rootok, fail here, because
 * they need an answer, a token or root.
 */
bool sf_pam_stack_lets_in_unasked(const struct sf_pam_stack *stack);

/*
 * Split the arguments of a line as Linux-PAM does: at blanks, with "[a b]" for one argument. copy
 * gets the text, and ret_words point into it. Returns how many there are, at most max.
 */
size_t sf_pam_stack_arguments(const struct sf_pam_stack_line *line,
    char copy[static SF_PAM_STACK_ARGS_SIZE], const char **ret_words, size_t max);

/*
 * The index of the first line, from `from` on, that can overrule line `at` of the same phase:
 * before it, by ending the phase with success or jumping over it; after it, by resetting its
 * failure. stack->count if there is none.
 */
size_t sf_pam_stack_overruled(const struct sf_pam_stack *stack, size_t at, size_t from);
