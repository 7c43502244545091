/*
 * Opens the state directory and the files in it, by names that hide user and org. What the files
 * mean is their users' concern: state_lock.c, defaults.c and refresh_state.c.
 */
#include "state_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "text.h"
#include "token.h"
#include "messages.h"

#include "banned.h"

static const char note_suffix[] = ".copied";

enum sf_err sf_state_dir_open(const char *home, int *ret_fd, struct sf_error *e)
{
	static const char *const below[] = {".local", "state", "sfoauth"};
	SF_CLEANUP(sf_fd_closep) int fd = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot open the home directory %s", home);
	for (size_t i = 0; i < SF_COUNT(below); i++) {
		if (mkdirat(fd, below[i], 0700) != 0 && errno != EEXIST)
			return SF_FAIL(
			    e, SF_E_SYSTEM, errno, "cannot make %s below %s", below[i], home);
		/* Follows symbolic links, as ~/.local may be one; fstat checks the result. */
		const int next = openat(fd, below[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (next < 0)
			return SF_FAIL(
			    e, SF_E_SYSTEM, errno, "cannot open %s below %s", below[i], home);
		sf_fd_closep(&fd);
		fd = next;
	}
	if (fstat(fd, &st) != 0 || st.st_uid != geteuid() || (st.st_mode & 022) != 0)
		return SF_FAIL_MESSAGE(
		    e, SF_E_SYSTEM, SF_MESSAGE_STATE_NOT_OURS, SF_WITH({"home", home}));
	*ret_fd = SF_TAKE_FD(fd);
	return SF_OK;
}

/* A collision makes two users of one person share a lock or a note, which costs time only. */
void sf_state_dir_name(
    char ret[static SF_STATE_DIR_NAME_SIZE], const char *key, const char *user, const char *suffix)
{
	struct sf_text t = sf_text_over(ret, SF_STATE_DIR_NAME_SIZE);

	sf_text_addf(&t, "%016" PRIx64 "%s", sf_text_hash(key, user), suffix);
}

enum sf_err sf_state_dir_file(const struct sf_state_dir_place *place, const char *suffix, int flags,
    int *ret_fd, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int dir = -1;
	char name[SF_STATE_DIR_NAME_SIZE];
	enum sf_err r = sf_state_dir_open(place->home, &dir, e);

	if (r != SF_OK)
		return r;
	sf_state_dir_name(name, place->key, place->user, suffix);
	*ret_fd = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
	if (*ret_fd < 0 && (errno != ENOENT || (flags & O_CREAT) != 0))
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot open %s", name);
	return SF_OK;
}

/* -1: there is none, or it cannot be opened. */
static int open_note(const char *home, const char *key, const char *user, int flags)
{
	const struct sf_state_dir_place place = {home, key, user};
	struct sf_error ignored;
	int fd = -1;

	return sf_state_dir_file(&place, note_suffix, flags, &fd, &ignored) == SF_OK ? fd : -1;
}

bool sf_state_dir_is_noted(
    const char *home, const char *key, const char *user, const char *generation)
{
	SF_CLEANUP(sf_fd_closep) int fd = open_note(home, key, user, O_RDONLY);
	char noted[SF_TOKEN_GENERATION_SIZE] = "";

	if (fd < 0 || read(fd, noted, sizeof(noted) - 1) != sizeof(noted) - 1)
		return false;
	return strcmp(noted, generation) == 0;
}

void sf_state_dir_note(const char *home, const char *key, const char *user, const char *generation)
{
	SF_CLEANUP(sf_fd_closep) int fd = open_note(home, key, user, O_WRONLY | O_CREAT);

	/*
	 * Generations have one length, so that no truncation is needed. If the note is lost, the
	 * token is copied a second time, which is harmless.
	 */
	if (fd >= 0)
		(void)!sf_file_write_all(fd, generation, strlen(generation));
}
