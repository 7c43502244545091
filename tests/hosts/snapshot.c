#include "snapshot.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

static void add_signals(FILE *out)
{
	for (int sig = 1; sig < NSIG; sig++) {
		unsigned long action[16] = {0}; /* the kernel's struct sigaction */

		if (syscall(SYS_rt_sigaction, sig, NULL, action, (size_t)(NSIG - 1) / 8) == 0)
			(void)fprintf(out, "signal %d: %lx %lx %lx %lx\n", sig, action[0],
			    action[1], action[2], action[3]);
	}
	for (int timer = ITIMER_REAL; timer <= ITIMER_PROF; timer++) {
		struct itimerval value = {0};

		(void)getitimer((__itimer_which_t)timer, &value);
		(void)fprintf(out, "timer %d: every %ld\n", timer, (long)value.it_interval.tv_usec);
	}
}

/* Lines of a file that begin with one of the names (all, if there are none). */
static void add_file(FILE *out, const char *path, const char *const *names)
{
	FILE *in = fopen(path, "re");
	char line[4096];

	while (in && fgets(line, sizeof(line), in)) {
		bool wanted = !names;

		for (int i = 0; names && names[i]; i++)
			wanted |= strncmp(line, names[i], strlen(names[i])) == 0;
		if (wanted)
			(void)fprintf(out, "%s: %s%s", path, line, strchr(line, '\n') ? "" : "\n");
	}
	if (in)
		(void)fclose(in);
}

static void add_descriptors(FILE *out)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)) != NULL) {
		char *end = NULL, target[512] = "";
		long fd = strtol(entry->d_name, &end, 10);

		if (*end != '\0' || entry->d_name[0] == '.' || fd == dirfd(dir))
			continue;
		if (readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1) < 0)
			continue;
		(void)fprintf(out, "descriptor %ld: %s %x %x\n", fd, target,
		    (unsigned)fcntl((int)fd, F_GETFD), (unsigned)fcntl((int)fd, F_GETFL));
	}
	if (dir)
		(void)closedir(dir);
}

/* Names of mapped files. Addresses and anonymous memory change by themselves. */
static void add_maps(FILE *out)
{
	FILE *in = fopen("/proc/self/maps", "re");
	char line[4096], last[4096] = "";

	while (in && fgets(line, sizeof(line), in)) {
		const char *name = strchr(line, '/');

		if (!name || strcmp(name, last) == 0)
			continue;
		(void)snprintf(last, sizeof(last), "%s", name);
		(void)fprintf(out, "mapped: %s", name);
	}
	if (in)
		(void)fclose(in);
}

static void add_rest(FILE *out)
{
	char cwd[4096] = "", comm[17] = "";
	int death_signal = 0;

	for (char **variable = environ; variable && *variable; variable++)
		(void)fprintf(out, "environment: %s\n", *variable);
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit limit = {0};

		(void)getrlimit((__rlimit_resource_t)i, &limit);
		(void)fprintf(out, "limit %d: %lx %lx\n", i, (unsigned long)limit.rlim_cur,
		    (unsigned long)limit.rlim_max);
	}
	if (readlink("/proc/self/cwd", cwd, sizeof(cwd) - 1) < 0)
		cwd[0] = '\0';
	(void)fprintf(out, "directory: %s\n", cwd);
	(void)fprintf(out, "locale: %s\n", setlocale(LC_ALL, NULL));
	(void)prctl(PR_GET_NAME, comm);
	(void)prctl(PR_GET_PDEATHSIG, &death_signal);
	(void)fprintf(out, "process: name %s, death signal %d, dumpable %d, keeps %d\n", comm,
	    death_signal, prctl(PR_GET_DUMPABLE), prctl(PR_GET_KEEPCAPS));
	(void)fprintf(out, "session keyring: %ld\n",
	    syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0));
	(void)fprintf(out, "session %d, group %d\n", (int)getsid(0), (int)getpgrp());
}

char *snapshot_take(void)
{
	static const char *const status[] = {
	    "Uid:", "Gid:", "Groups:", "Umask:", "Threads:", "SigBlk:", "SigIgn:", "SigCgt:",
	    "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:", "NoNewPrivs:", "Seccomp:", NULL};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	add_signals(out);
	add_file(out, "/proc/thread-self/status", status);
	add_file(out, "/proc/thread-self/children", NULL);
	add_descriptors(out);
	add_maps(out);
	add_rest(out);
	return fclose(out) == 0 ? text : NULL;
}

static bool has_line(const char *text, const char *line, size_t len)
{
	while (*text) {
		size_t here = strcspn(text, "\n");

		if (here == len && memcmp(text, line, len) == 0)
			return true;
		text += here + (text[here] == '\n');
	}
	return false;
}

static bool has_all(FILE *out, const char *text, const char *lines, const char *prefix)
{
	bool all = true;

	while (*lines) {
		size_t len = strcspn(lines, "\n");

		if (!has_line(text, lines, len)) {
			(void)fprintf(out, "%s %.*s\n", prefix, (int)len, lines);
			all = false;
		}
		lines += len + (lines[len] == '\n');
	}
	return all;
}

bool snapshot_is_same(FILE *out, const char *before, const char *after)
{
	bool none_gone = has_all(out, after, before, "gone:");
	bool none_new = has_all(out, before, after, "new:");

	return none_gone && none_new;
}

long snapshot_status(const char *name)
{
	FILE *in = fopen("/proc/self/status", "re");
	char line[512];
	long value = -1;

	while (in && fgets(line, sizeof(line), in))
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtol(line + strlen(name), NULL, 10);
	if (in)
		(void)fclose(in);
	return value;
}

long snapshot_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	long count = -3; /* . and .. and the directory itself */

	while (dir && readdir(dir))
		count++;
	if (dir)
		(void)closedir(dir);
	return count;
}

long snapshot_children(void)
{
	FILE *in = fopen("/proc/thread-self/children", "re");
	long pid, count = 0;

	while (in && fscanf(in, "%ld", &pid) == 1)
		count++;
	if (in)
		(void)fclose(in);
	return count;
}
