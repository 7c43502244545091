/*
 * main of sfoauth, which gets access tokens of Salesforce for a person's programs. It protects the
 * process, reads the command line and settings, runs one subcommand and reports its failure.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <syslog.h>
#include <unistd.h>

#include "cmd.h"
#include "report.h"
#include "log.h"
#include "json_out.h"
#include "text.h"

#include "banned.h"

#define SF_HELP_SIZE 4096

typedef enum sf_err run_fn(struct sf_cmd *cmd, struct sf_error *e);

static run_fn *const commands[] = {
#define X(id, fn, ...) [SF_COMMAND_##id] = fn,
    SF_COMMANDS(X)
#undef X
};

/* Print the help of the subcommand, or of all. */
static enum sf_err print_help(const struct sf_options *options, struct sf_error *e)
{
	char buf[SF_HELP_SIZE];
	struct sf_text text = SF_TEXT(buf);

	if (!sf_options_help(options->command, &text))
		return SF_FAIL(e, SF_E_BUG, 0, "the help is longer than %d", SF_HELP_SIZE);
	(void)fputs(buf, stdout);
	return SF_OK;
}

/* Log sink: lines above LOG_DEBUG go to syslog; with --debug all go to standard error as well. */
static void log_to(void *context, int level, const char *line)
{
	const struct sf_options *options = context;

	if (level < LOG_DEBUG)
		sf_log_to_syslog(NULL, level, line);
	if (options->is_debug)
		(void)fprintf(stderr, "%s\n", line);
}

/*
 * Keep tokens in memory from leaving the process: no core dump, and no ptrace or /proc/PID/mem
 * access by other processes of the same user. ret_core gets the limit as it was, for sfoauth exec;
 * its maximum stays, because nobody could raise it again.
 */
static enum sf_err harden(struct rlimit *ret_core, struct sf_error *e)
{
	struct rlimit none;

	if (getrlimit(RLIMIT_CORE, ret_core) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, 0, "cannot read the limit of core dumps");
	none = (struct rlimit){.rlim_cur = 0, .rlim_max = ret_core->rlim_max};
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, 0, "cannot switch off core dumps");
	return SF_OK;
}

/*
 * Open those of the descriptors 0 to 2 that are closed. Otherwise the next file or socket would get
 * such a number, and with it what we print: a token could end in the log. Opened read-only, so that
 * writing fails instead of vanishing.
 */
static enum sf_err fill_standard(struct sf_error *e)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot open /dev/null");
	(void)close(fd);
	return SF_OK;
}

/*
 * Load the settings and run the subcommand. The caller frees *ret_settings, also after a failure:
 * its report refers to them.
 */
static enum sf_err run_command(
    struct sf_cmd *cmd, struct sf_settings **ret_settings, struct sf_error *e)
{
	const struct sf_options *options = cmd->options;
	struct sf_settings_params params = {
	    .system_file = SF_CONFIG_FILE,
	    .may_read_user_file = sf_settings_is_plain_user(),
	    /* These must work on a host whose configuration file is wrong. */
	    .is_bare = options->command == SF_COMMAND_TRY_LOGIN ||
		       options->command == SF_COMMAND_WHY || options->command == SF_COMMAND_SSH,
	};
	enum sf_err r;

	if (options->is_help)
		return print_help(options, e);
	if (options->is_version) {
		(void)puts("sfoauth " SF_VERSION);
		return SF_OK;
	}
	r = sf_settings_load(&params, ret_settings, e);
	/*
	 * doctor reports the wrong file as a row of its own, among other checks. askpass still
	 * asks at the terminal; it then knows no org.
	 */
	if (r == SF_E_CONFIG &&
	    (options->command == SF_COMMAND_DOCTOR || options->command == SF_COMMAND_ASKPASS)) {
		cmd->broken = *e;
		params.is_bare = true;
		r = sf_settings_load(&params, ret_settings, e);
	}
	if (r != SF_OK)
		return r;
	cmd->settings = *ret_settings;
	if (cmd->settings->is_skipped && options->command != SF_COMMAND_GIT)
		sf_message_print(stderr, SF_MESSAGE_CONFIGURATION_SKIPPED,
		    SF_WITH({"why", cmd->settings->skipped_why}));
	return commands[options->command](cmd, e);
}

/*
 * The subcommand that this program is when it has another name: a link to it in libexec, for
 * programs that start ssh or its askpass program and pass no subcommand. NULL: none.
 */
static const char *named_subcommand(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;

	if (strcmp(base, "ssh") == 0)
		return "ssh";
	return strcmp(base, "sfoauth-askpass") == 0 ? "askpass" : NULL;
}

/* Put the subcommand of the name in front of the arguments. *argv is never freed. */
static enum sf_err add_subcommand(int *argc, char ***argv, struct sf_error *e)
{
	const char *word = *argc > 0 ? named_subcommand((*argv)[0]) : NULL;
	char **longer;

	if (!word)
		return SF_OK;
	longer = calloc((size_t)*argc + 2, sizeof(*longer));
	if (!longer)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for the arguments");
	longer[0] = (*argv)[0];
	longer[1] = (char *)(uintptr_t)word;
	memcpy(longer + 2, *argv + 1, (size_t)*argc * sizeof(*longer));
	*argv = longer;
	(*argc)++;
	return SF_OK;
}

int main(int argc, char **argv)
{
	SF_CLEANUP(sf_json_out_freep) struct sf_json_out *partial = NULL;
	SF_CLEANUP(sf_settings_freep) struct sf_settings *settings = NULL;
	struct sf_options options = {0};
	struct sf_cmd cmd = {.options = &options, .ret_partial = &partial};
	struct sf_error e = {.code = SF_OK};
	enum sf_err r = fill_standard(&e);

	sf_json_out_begin();
	sf_log_set_sink(log_to, &options);
	if (r == SF_OK)
		r = harden(&cmd.core_limit, &e);
	if (r == SF_OK)
		r = add_subcommand(&argc, &argv, &e);
	if (r == SF_OK)
		r = sf_options_parse(argc, argv, &options, &e);
	if (r == SF_OK)
		r = run_command(&cmd, &settings, &e);
	/* A full disk or closed pipe may show only now. */
	if (fflush(stdout) != 0 && r == SF_OK)
		r = SF_FAIL(&e, SF_E_SYSTEM, 0, "cannot write to standard output");
	if (r != SF_OK)
		sf_report_say(&cmd, &e);
	return sf_err_exit(r);
}
