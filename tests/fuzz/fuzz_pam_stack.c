/*
 * Fuzzes the parser of PAM stacks with any bytes as a file of /etc/pam.d. It must refuse the file,
 * or return lines that each have a module; a module that is found must be in its phase. Files that
 * the input includes do not exist.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pam_stack.h"

#include "banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sf_pam_stack stack;
	char *text = malloc(size + 1);
	struct sf_error e;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (sf_pam_stack_parse("/nowhere", "fuzz", text, &stack, &e) == SF_OK) {
		require(stack.count <= SF_PAM_STACK_LINES_MAX);
		for (size_t i = 0; i < stack.count; i++) {
			const struct sf_pam_stack_line *line = &stack.lines[i];

			require(!strchr(line->module, '/') && strcmp(line->file, "fuzz") == 0);
			require(sf_pam_stack_find(&stack, line->phase, line->module) <= i);
			require(sf_pam_stack_overruled(&stack, i, 0) <= stack.count);
			if (line->actions[SF_PAM_STACK_AUTH_ERR] == SF_PAM_STACK_IGNORE)
				require(!sf_pam_stack_refuses(line));
		}
	}
	free(text);
	return 0;
}
