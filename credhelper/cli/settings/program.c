/* Looks for a program in PATH, which is the person's own, for programs that the person names. */
#include "program.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

#include "banned.h"

#define SF_DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

bool sf_program_find(const char *name, char *ret, size_t size)
{
	const char *path = secure_getenv("PATH");

	if (strchr(name, '/'))
		return sf_text_copy(ret, size, name) && is_program(ret);
	for (const char *p = path != NULL ? path : SF_DEFAULT_PATH; name[0] != '\0';) {
		const size_t len = strcspn(p, ":");
		struct sf_text text = sf_text_over(ret, size);

		sf_text_add_bytes(&text, len == 0 ? "." : p, len == 0 ? 1 : len);
		sf_text_addf(&text, "/%s", name);
		if (!text.overflow && is_program(ret))
			return true;
		if (p[len] == '\0')
			break;
		p += len + 1;
	}
	return false;
}
