/*
 * git-credential-sfoauth: git's credential helper. Maps libc alone. `get` is answered from the
 * kernel keyring; everything else is sfoauth's, which this program becomes, with git's request as
 * a memfd on descriptor 0.
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
#define SF_MIN_LIFE_S      30
#define SF_VERSION_LINE    "git-credential-sfoauth " SF_VERSION "\n"
#define SF_CAPABILITIES    "version 0\ncapability authtype\ncapability state\n"

static bool write_text(const char *text)
{
	return sf_file_write_all(STDOUT_FILENO, text, strlen(text));
}

/* Ends here; git shows the sentence. */
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
 * The token of the kernel row, if it is for this very origin and will live long enough, and is not
 * the one that the server has just refused. A path is there only where git was told to send it
 * (useHttpPath): sfoauth knows what git's configuration says about it.
 */
static struct sf_token *find(const struct sf_gitcred *request)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error ignored;
	char origin[SF_ORIGIN_SIZE];
	const bool has_user = request->has_username && request->username[0] != '\0';

	sf_gitcred_origin(request, origin);
	if (origin[0] == '\0' || request->path[0] != '\0')
		return NULL;
	if (sf_kernel_token_get(origin, has_user ? request->username : NULL, &token, &ignored) !=
		SF_OK ||
	    !token || !sf_token_is_for(token, origin) ||
	    sf_token_life_s(token, sf_clock_wall_s()) < SF_MIN_LIFE_S ||
	    strcmp(token->generation, request->generation) == 0)
		return NULL;
	return SF_TAKE(token);
}

/*
 * False: there is nothing to answer with. Else *ret_status is the end: behind a part of an answer
 * nobody writes another.
 */
static bool answer(const struct sf_gitcred *request, int *ret_status)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = find(request);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;
	struct sf_error ignored;

	if (!token || sf_gitcred_output(request, token, &text, &ignored) != SF_OK)
		return false;
	*ret_status = EXIT_SUCCESS;
	if (!sf_file_write_all(STDOUT_FILENO, sf_secret_reveal(text), sf_secret_len(text)))
		*ret_status = give_up(SF_E_SYSTEM);
	return true;
}

/* Comes back only if sfoauth is not there. */
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

static int handle(const char *operation)
{
	SF_CLEANUP(sf_gitcred_clear) struct sf_gitcred request = {0};
	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *input = sf_secret_read(STDIN_FILENO, SF_GITCRED_INPUT_MAX);
	char origin[SF_ORIGIN_SIZE];
	struct sf_error e;
	int status;

	if (!input && errno != E2BIG)
		return give_up(errno == ENOMEM ? SF_E_NOMEM : SF_E_SYSTEM);
	/* Too long, malformed, or not a host that could be ours: silence. */
	if (!input ||
	    sf_gitcred_parse(sf_secret_reveal(input), sf_secret_len(input), &request, &e) != SF_OK)
		return input && e.code == SF_E_NOMEM ? give_up(e.code) : EXIT_SUCCESS;
	sf_gitcred_origin(&request, origin);
	if (origin[0] == '\0')
		return EXIT_SUCCESS;
	if (strcmp(operation, "get") == 0 && answer(&request, &status))
		return status;
	return become_sfoauth(input, operation);
}

int main(int argc, char **argv)
{
	const struct rlimit none = {0, 0};
	const char *operation = argc == 2 ? argv[1] : "";

	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
		return give_up(SF_E_SYSTEM);
	if (strcmp(operation, "--version") == 0)
		return write_text(SF_VERSION_LINE) ? EXIT_SUCCESS : EXIT_FAILURE;
	if (strcmp(operation, "capability") == 0)
		return write_text(SF_CAPABILITIES) ? EXIT_SUCCESS : EXIT_FAILURE;
	if (strcmp(operation, "get") == 0 || strcmp(operation, "store") == 0 ||
	    strcmp(operation, "erase") == 0)
		return handle(operation);
	return EXIT_SUCCESS;
}
