/*
 * Files about a refresh token: was it sent without a known reply, and does the org rotate refresh
 * tokens? The worker writes the mark; the names of the files come from state_dir.c.
 */
#include "refresh_state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "token.h"
#include "messages.h"

#include "banned.h"

static const char mark_suffix[] = ".sent", rotation_suffix[] = ".rotation";
/* Equal length, so that one overwrites the other without truncation. */
static const char rotates_text[] = "yes\n", stays_text[] = "no\n\n";

enum sf_err sf_refresh_state_open(
    const struct sf_state_dir_place *place, int *ret_fd, struct sf_error *e)
{
	/*
	 * O_APPEND: the byte that cancels the mark goes after it. O_DSYNC: the mark must survive a
	 * power failure, because Salesforce may have received the token by then.
	 */
	return sf_state_dir_file(
	    place, mark_suffix, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_DSYNC, ret_fd, e);
}

/*
 * Does the mark name this generation? An empty file, another generation, or a cancelled mark do
 * not.
 */
static enum sf_err is_marked(const struct sf_state_dir_place *place, const char *generation,
    bool *ret_marked, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	char text[SF_TOKEN_GENERATION_SIZE + 1] = "";
	ssize_t len;
	enum sf_err r = sf_state_dir_file(place, mark_suffix, O_RDONLY, &fd, e);

	*ret_marked = false;
	if (r != SF_OK || fd < 0)
		return r;
	len = read(fd, text, sizeof(text) - 1);
	if (len < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot read the mark of a refresh");
	/* A further byte cancels the mark: then the text is longer and differs. */
	*ret_marked = strcmp(text, generation) == 0;
	return SF_OK;
}

/*
 * Is the org known not to rotate, so that a refresh token may be sent twice? A note that cannot be
 * read counts as unknown: a second use of a rotated token would revoke the whole sign-in.
 */
static bool is_reusable(const struct sf_state_dir_place *place)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	char text[sizeof(stays_text)] = "";
	struct sf_error ignored;

	return sf_state_dir_file(place, rotation_suffix, O_RDONLY, &fd, &ignored) == SF_OK &&
	       fd >= 0 && read(fd, text, sizeof(text) - 1) == sizeof(text) - 1 &&
	       strcmp(text, stays_text) == 0;
}

enum sf_err sf_refresh_state_check(
    const struct sf_state_dir_place *place, const char *generation, struct sf_error *e)
{
	bool is_sent = false;
	enum sf_err r = is_marked(place, generation, &is_sent, e);

	if (r == SF_OK && is_sent && !is_reusable(place))
		return SF_FAIL_MESSAGE(e, SF_E_SPENT, SF_MESSAGE_E_SPENT, NULL);
	return r;
}

void sf_refresh_state_learn(const struct sf_state_dir_place *place, bool rotates)
{
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	const char *text = rotates ? rotates_text : stays_text;
	struct sf_error ignored;

	if (sf_state_dir_file(place, rotation_suffix, O_WRONLY | O_CREAT, &fd, &ignored) == SF_OK)
		(void)!sf_file_write_all(fd, text, strlen(text));
}
