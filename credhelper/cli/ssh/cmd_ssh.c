/*
 * sfoauth ssh: becomes the system's ssh, which asks through sfoauth-askpass. The arguments are
 * passed on unchanged. ssh tells the host key of its connection to KnownHostsCommand; a command of
 * the person's own is run by ours.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cmd.h"
#include "program.h"
#include "run_output.h"
#include "ssh_ask.h"
#include "text.h"

#include "banned.h"

#define SSH_PROGRAM "/usr/bin/ssh"
/* ssh starts the programs of ProxyJump by the name that it was started with itself. */
#define OUR_NAME     SF_LIBEXECDIR "/ssh"
#define OPTION       "KnownHostsCommand=" SF_SSH_ASK_PROGRAM " " SF_SSH_ASK_HOST_KEY " %I %f"
#define SETTING      "knownhostscommand "
#define SETTING_SIZE 2048
#define OUTPUT_SIZE  65536
#define LIMIT_MS     30000 /* ssh -G runs the programs of Match exec */
#define ADDED        3     /* words in front of the person's */

/* For SF_CLEANUP. */
static void text_freep(char **text)
{
	free(*text);
}

/* Find the person's own KnownHostsCommand in the output of ssh -G. "": there is none. */
static bool copy_setting(const char *output, char ret[static SETTING_SIZE])
{
	const char *at = sf_text_starts(output, SETTING) ? output : strstr(output, "\n" SETTING);
	struct sf_text text = sf_text_over(ret, SETTING_SIZE);

	ret[0] = '\0';
	if (!at)
		return true;
	at += strlen(SETTING) + (*at == '\n');
	return strncmp(at, "none\n", strlen("none\n")) == 0 ||
	       sf_text_add_bytes(&text, at, strcspn(at, "\n"));
}

/*
 * Fill argv: our name, our option, and the arguments. Without the option if ssh -G fails, because
 * ssh then fails in the same way, or if it has no connection to make.
 */
static void fill_arguments(char *const *rest, char **argv, char *ret_option, size_t size)
{
	char theirs[SETTING_SIZE] = "";
	SF_CLEANUP(text_freep) char *output = malloc(OUTPUT_SIZE);
	struct sf_text option = sf_text_over(ret_option, size);
	const struct sf_run_output_params params = {
	    .argv = argv, .environment = environ, .limit_ms = LIMIT_MS, .takes_errors = true};
	size_t count = 0, len = 0;
	struct sf_error ignored;
	int status = -1;

	for (; rest[count]; count++)
		argv[2 + count] = rest[count];
	argv[0] = (char *)(uintptr_t)SSH_PROGRAM;
	argv[1] = (char *)(uintptr_t) "-G";
	argv[2 + count] = NULL;

	const bool is_usual =
	    output &&
	    sf_run_output(&params, output, OUTPUT_SIZE, &len, &status, &ignored) == SF_OK &&
	    status == 0 && copy_setting(output, theirs) && sf_text_add(&option, OPTION) &&
	    (theirs[0] == '\0' || sf_text_addf(&option, " -- %s", theirs));

	argv[0] = (char *)(uintptr_t)OUR_NAME;
	memmove(argv + (is_usual ? ADDED : 1), rest, (count + 1) * sizeof(*argv));
	if (!is_usual)
		return;
	argv[1] = (char *)(uintptr_t) "-o";
	argv[2] = ret_option;
}

/* Have ssh ask us. What it would have asked instead is kept for the prompts that are not ours. */
static bool set_environment(void)
{
	const char *program = secure_getenv(SF_SSH_ASK_VARIABLE),
		   *when = secure_getenv(SF_SSH_ASK_WHEN);

	if (program && strcmp(program, SF_SSH_ASK_PROGRAM) == 0)
		return true; /* a jump host: both are kept already */
	return (program ? setenv(SF_SSH_ASK_KEPT, program, 1) : unsetenv(SF_SSH_ASK_KEPT)) == 0 &&
	       (when ? setenv(SF_SSH_ASK_KEPT_WHEN, when, 1) : unsetenv(SF_SSH_ASK_KEPT_WHEN)) ==
		   0 &&
	       setenv(SF_SSH_ASK_VARIABLE, SF_SSH_ASK_PROGRAM, 1) == 0 &&
	       setenv(SF_SSH_ASK_WHEN, "force", 1) == 0;
}

enum sf_err sf_cmd_ssh(struct sf_cmd *cmd, struct sf_error *e)
{
	char *const *rest = cmd->options->rest;
	char option[sizeof(OPTION) + SETTING_SIZE];
	size_t count = 0;
	char **argv;
	int why;

	while (rest[count])
		count++;
	argv = calloc(count + ADDED + 1, sizeof(*argv));
	if (!argv || !set_environment()) {
		free(argv);
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for the arguments of ssh");
	}
	fill_arguments(rest, argv, option, sizeof(option));
	(void)setrlimit(RLIMIT_CORE, &cmd->core_limit);
	(void)execve(SSH_PROGRAM, argv, environ);
	why = errno;
	free(argv);
	return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_CANNOT_RUN,
	    SF_WITH({"program", SSH_PROGRAM}, {"why", strerror(why)}));
}
