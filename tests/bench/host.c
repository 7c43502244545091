/*
 * host visit USER: one sign-in through the service sfbench after one through sfpermit, which brings
 * libpam, the name service and the allocator. Prints "KIB THREADS": by how much the process has
 * grown, and how many threads it has.
 * host wait USER COUNT: COUNT processes that sign in, ten more each second; ends when it is killed.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <security/pam_appl.h>

#include "banned.h"

static int answer(
    int count, const struct pam_message **messages, struct pam_response **replies, void *data)
{
	(void)data;
	*replies = calloc((size_t)count, sizeof(**replies));
	for (int i = 0; i < count; i++) {
		fprintf(stderr, "%s\n", messages[i]->msg);
		if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
			(*replies)[i].resp = strdup("");
	}
	return PAM_SUCCESS;
}

static long resident_kib(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[256];
	long kib = -1;

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (file)
		(void)fclose(file);
	return kib;
}

static int threads(void)
{
	DIR *entries = opendir("/proc/self/task");
	int count = -2;

	while (entries && readdir(entries))
		count++;
	if (entries)
		closedir(entries);
	return count;
}

/* The handle stays open: what is mapped is measured. */
static int sign_in(const char *service, const char *user)
{
	const struct pam_conv conv = {.conv = answer};
	pam_handle_t *pamh = NULL;
	int code = pam_start(service, user, &conv, &pamh);

	if (code == PAM_SUCCESS)
		code = pam_authenticate(pamh, 0);
	if (code == PAM_SUCCESS)
		code = pam_acct_mgmt(pamh, 0);
	if (code == PAM_SUCCESS)
		code = pam_setcred(pamh, PAM_ESTABLISH_CRED);
	return code;
}

int main(int argc, char **argv)
{
	long before;
	int code;

	if (argc == 4 && strcmp(argv[1], "wait") == 0) {
		for (long i = 0; i < strtol(argv[3], NULL, 10); i++) {
			if (fork() != 0) {
				usleep(100000);
				continue;
			}
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			return sign_in("sfbench", argv[2]);
		}
		for (;;)
			pause();
	}
	if (argc != 3 || sign_in("sfpermit", argv[2]) != PAM_SUCCESS)
		return 2;
	before = resident_kib();
	code = sign_in("sfbench", argv[2]);
	if (code != PAM_SUCCESS)
		return 1;
	printf("%ld %d\n", resident_kib() - before, threads());
	return 0;
}
