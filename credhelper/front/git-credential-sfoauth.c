/*
 * git-credential-sfoauth: git's credential helper (gitcredentials(7)). It answers `get` from the
 * kernel keyring. For everything else it executes sfoauth, with git's request as a memfd on
 * descriptor 0. It maps libc alone, so that a `get` takes about a millisecond.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "attr.h"
#include "clock.h"
#include "err.h"
#include "file.h"
#include "gitcred.h"
#include "kernel_token.h"
#include "language.h"
#include "secret.h"
#include "text.h"
#include "token.h"

#include "banned.h"

#define SF_COMMAND_PROGRAM SF_BINDIR "/sfoauth"
#define SF_MIN_LIFE_S      30 /* seconds that a token must have left, for one git operation */
#define SF_VERSION_LINE    "git-credential-sfoauth " SF_VERSION "\n"
#define SF_CAPABILITIES    "version 0\ncapability authtype\ncapability state\n"

/* Write a constant to git. */
static bool write_text(const char *text)
{
	return sf_file_write_all(STDOUT_FILENO, text, strlen(text));
}

/* Report a failure: git shows stderr to the person. Returns the exit status. */
static int give_up(enum sf_err code)
{
	char line[256];
	struct sf_text t = SF_TEXT(line);

	if (sf_text_addf(&t, "git-credential-sfoauth: %s\n",
		sf_err_sentence_in(sf_language_of_environment(), code)))
		(void)!sf_file_write_all(STDERR_FILENO, line, t.len);
	return sf_err_exit(code);
}

/*
 * Find a token in the kernel keyring that is for exactly this origin, lives long enough, and is not
 * the one that the server has just refused (same generation). NULL: sfoauth has to answer. A
 * request with a path (useHttpPath) may select another org by git's configuration, which only
 * sfoauth reads.
 */
static struct sf_token *find_token(const struct sf_gitcred *request)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error ignored;
	char origin[SF_ORIGIN_SIZE];
	const bool has_user = request->has_username && request->username[0] != '\0';

	sf_gitcred_origin(request, origin);
	if (origin[0] == '\0' || request->path[0] != '\0')
		return NULL;
	if (sf_kernel_token_get(
		origin, NULL, has_user ? request->username : NULL, &token, &ignored) != SF_OK ||
	    !token || !sf_token_is_for(token, origin) ||
	    sf_token_life_s(token, sf_clock_wall_s()) < SF_MIN_LIFE_S ||
	    strcmp(token->generation, request->generation) == 0)
		return NULL;
	return SF_TAKE(token);
}

/*
 * Answer a `get` from the kernel keyring. False: there is no usable token and nothing was written.
 * True: *ret_status is the exit status. That includes a failed write: part of an answer may have
 * reached git, so sfoauth must not write a second one.
 */
static bool print_token(const struct sf_gitcred *request, int *ret_status)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = find_token(request);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;
	struct sf_error ignored;

	if (!token || sf_gitcred_output(request, token, &text, &ignored) != SF_OK)
		return false;
	*ret_status = EXIT_SUCCESS;
	if (!sf_file_write_all(STDOUT_FILENO, sf_secret_reveal(text), sf_secret_len(text)))
		*ret_status = give_up(SF_E_SYSTEM);
	return true;
}

/* Execute sfoauth with the request. Returns, with an exit status, only if that failed. */
static int become_sfoauth(const struct sf_secret *input, const char *operation)
{
	char program[] = SF_COMMAND_PROGRAM, git[] = "git";
	char op[16];
	char *const args[] = {program, git, op, NULL};
	const int fd = memfd_create("sfoauth-request", MFD_CLOEXEC);
	struct sf_text t = SF_TEXT(op);

	if (sf_text_add(&t, operation) && fd >= 0 &&
	    sf_file_write_all(fd, sf_secret_reveal(input), sf_secret_len(input)) &&
	    lseek(fd, 0, SEEK_SET) == 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO)
		(void)execv(program, args);
	return give_up(SF_E_WORKER);
}

/* Answer one request of git. Returns the exit status. */
static int handle(const char *operation)
{
	SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred request = {0};
	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *input = sf_secret_read_paragraph(STDIN_FILENO, SF_GITCRED_INPUT_MAX);
	char origin[SF_ORIGIN_SIZE];
	struct sf_error e;
	int status;

	if (!input && errno != E2BIG)
		return give_up(errno == ENOMEM ? SF_E_NOMEM : SF_E_SYSTEM);
	/*
	 * A request that is too long, malformed, or without an https origin gets no output and
	 * status 0: git then asks the next helper (gitcredentials(7)). NOMEM is reported.
	 */
	if (!input ||
	    sf_gitcred_parse(sf_secret_reveal(input), sf_secret_len(input), &request, &e) != SF_OK)
		return input && e.code == SF_E_NOMEM ? give_up(e.code) : EXIT_SUCCESS;
	sf_gitcred_origin(&request, origin);
	if (origin[0] == '\0')
		return EXIT_SUCCESS;
	if (strcmp(operation, "get") == 0 && print_token(&request, &status))
		return status;
	return become_sfoauth(input, operation);
}

int main(int argc, char **argv)
{
	const struct rlimit none = {0, 0};
	const char *operation = argc == 2 ? argv[1] : "";

	/* The token is in memory: no core dump, and no ptrace by other processes of the user. */
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
		return give_up(SF_E_SYSTEM);
	if (strcmp(operation, "--version") == 0)
		return write_text(SF_VERSION_LINE) ? EXIT_SUCCESS : EXIT_FAILURE;
	if (strcmp(operation, "capability") == 0)
		return write_text(SF_CAPABILITIES) ? EXIT_SUCCESS : EXIT_FAILURE;
	if (strcmp(operation, "get") == 0 || strcmp(operation, "store") == 0 ||
	    strcmp(operation, "erase") == 0)
		return handle(operation);
	/* Helpers must ignore operations that they do not know (gitcredentials(7)). */
	return EXIT_SUCCESS;
}
