/* A program that calls PAM, for tests of converse.c: it records what it is told, and answers. */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <security/pam_appl.h>

#include "file.h"
#include "text.h"

/* What the host saw, and what it answers. */
struct host {
	int count;
	int style;
	char text[4096];
	const char *answer; /* NULL: none */
	int code;
};

static inline int converse(
    int count, const struct pam_message **messages, struct pam_response **replies, void *data)
{
	struct host *host = data;

	host->count += count;
	host->style = messages[0]->msg_style;
	(void)snprintf(host->text, sizeof(host->text), "%s", messages[0]->msg);
	if (host->code != PAM_SUCCESS)
		return host->code;
	*replies = calloc(1, sizeof(**replies));
	if (host->answer)
		(*replies)->resp = strdup(host->answer);
	return PAM_SUCCESS;
}

/* A stack that is never run: only the conversation is used. */
static inline pam_handle_t *start(struct host *host)
{
	const struct pam_conv conv = {.conv = converse, .appdata_ptr = host};
	char dir[] = "/tmp/sf-test-pam-XXXXXX", path[40];
	struct sf_text text = SF_TEXT(path);
	pam_handle_t *pamh = NULL;
	int fd;

	assert_non_null(mkdtemp(dir));
	/* The one file that libpam wants in any case. */
	assert_true(sf_text_addf(&text, "%s/other", dir));
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_true(sf_file_write_all(fd, "auth required pam_deny.so\n", 26));
	close(fd);
	assert_int_equal(pam_start_confdir("sshd", "kim", &conv, dir, &pamh), PAM_SUCCESS);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	return pamh;
}
