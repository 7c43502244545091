/* What a started program gets: descriptors, variables, limits and its user. */
#include "spawn_child.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"

#include "banned.h"

/* This program again; reachable also for a user who may not enter its directory. */
#define SELF   "/proc/self/exe"
#define NOBODY 65534

/* --- what the started program says about itself, in packets on descriptor 3 --- */

static void say(const char *text)
{
	(void)!send(3, text, strlen(text), MSG_NOSIGNAL);
}

SF_PRINTF(1, 2) static void sayf(const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	say(line);
}

static void report_descriptors(void)
{
	char list[256] = "fds", target[64];
	size_t used = 3;

	/* No directory is opened to look: it would be a descriptor itself. */
	for (int fd = 0; fd < 4096; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			used += (size_t)snprintf(list + used, sizeof(list) - used, " %d", fd);
	say(list);
	for (int fd = 0; fd < 3; fd++) {
		char path[32];
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n = readlink(path, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		sayf("stdio %s", target);
	}
}

static void report_status(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[512];

	while (status && fgets(line, sizeof(line), status)) {
		line[strcspn(line, "\n")] = '\0';
		say(line);
	}
	if (status)
		fclose(status);
}

static void report(void)
{
	static const struct {
		const char *name;
		__rlimit_resource_t resource;
	} limits[] = {{"core", RLIMIT_CORE}, {"nofile", RLIMIT_NOFILE}, {"nproc", RLIMIT_NPROC},
	    {"fsize", RLIMIT_FSIZE}};
	char cwd[64] = "";
	mode_t mask = umask(0);
	int death = 0;
	size_t variables = 0;

	umask(mask);
	report_descriptors();
	report_status();
	for (size_t i = 0; i < SF_COUNT(limits); i++) {
		struct rlimit now = {0};

		getrlimit(limits[i].resource, &now);
		sayf("limit %s %llu %llu", limits[i].name, (unsigned long long)now.rlim_cur,
		    (unsigned long long)now.rlim_max);
	}
	while (environ && environ[variables])
		sayf("environment %s", environ[variables++]);
	prctl(PR_GET_PDEATHSIG, &death);
	(void)!getcwd(cwd, sizeof(cwd));
	sayf("cwd %s", cwd);
	sayf("umask %03o", (unsigned)mask);
	sayf("death %d", death);
	sayf("leader %d", getsid(0) == getpid());
	say("end");
}

static int run_as_child(const char *what)
{
	if (strcmp(what, "report") == 0)
		report();
	else
		for (;;)
			pause();
	return 0;
}

static int64_t soon(void)
{
	return sf_clock_now_ms() + 8000;
}

/* --- reading that --- */

struct said {
	char *lines[256];
	size_t count;
};

static void free_said(struct said *said)
{
	for (size_t i = 0; i < said->count; i++)
		free(said->lines[i]);
}

static void hear(const struct sf_child *child, struct said *said)
{
	char line[600];

	while (said->count < SF_COUNT(said->lines)) {
		ssize_t n = recv(child->fd, line, sizeof(line) - 1, 0);

		assert_true(n > 0);
		line[n] = '\0';
		if (strcmp(line, "end") == 0)
			return;
		said->lines[said->count++] = strdup(line);
	}
	fail_msg("too many lines");
}

static bool has(const struct said *said, const char *line)
{
	for (size_t i = 0; i < said->count; i++)
		if (strcmp(said->lines[i], line) == 0)
			return true;
	return false;
}

static bool has_start(const struct said *said, const char *start)
{
	for (size_t i = 0; i < said->count; i++)
		if (strncmp(said->lines[i], start, strlen(start)) == 0)
			return true;
	return false;
}

static struct said run_report(const struct sf_spawn_params *params)
{
	struct sf_child child;
	struct sf_error e;
	struct said said = {.count = 0};
	bool clean = false;

	assert_int_equal(sf_spawn(params, &child, &e), SF_OK);
	hear(&child, &said);
	sf_child_end(&child, soon(), &clean);
	assert_true(clean);
	assert_int_equal(child.pid, 0);
	assert_int_equal(child.fd, -1);
	return said;
}

#define PLAIN(what)                                                                                \
	{                                                                                          \
		.path = SELF, .argument = (what), .fds = { -1, -1, -1, -1, -1 }                    \
	}

/* --- tests --- */

static void a_program_starts_with_nothing_but_its_frames(void **state)
{
	const struct sf_spawn_params params = PLAIN("report");
	int zero = open("/dev/zero", O_RDONLY);
	int stray = fcntl(zero, F_DUPFD, 200); /* inheritable on purpose */
	mode_t mask = umask(0);
	struct sigaction ignore = {.sa_handler = SIG_IGN}, old;

	(void)state;
	sigaction(SIGUSR1, &ignore, &old);
	SF_CLEANUP(free_said) struct said said = run_report(&params);

	sigaction(SIGUSR1, &old, NULL);
	umask(mask);
	close(stray);
	close(zero);
	assert_true(has(&said, "fds 0 1 2 3"));
	assert_true(has(&said, "stdio /dev/null"));
	assert_false(has_start(&said, "stdio /dev/p"));
	assert_false(has_start(&said, "environment"));
	assert_true(has(&said, "cwd /"));
	assert_true(has(&said, "umask 077"));
	assert_true(has(&said, "SigBlk:\t0000000000000000"));
	assert_true(has(&said, "SigIgn:\t0000000000000000"));
	assert_true(has(&said, "death 0"));
	assert_true(has(&said, "leader 0"));
}

static void descriptors_and_variables_that_are_given_arrive(void **state)
{
	static const char *const environment[] = {"LANG=C", "A=b", NULL};
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);

	const struct sf_spawn_params params = {
	    .path = SELF,
	    .argument = "report",
	    .environment = environment,
	    .fds = {-1, fds[1], -1, fds[0], fds[1]},
	    .new_session = true,
	};
	SF_CLEANUP(free_said) struct said said = run_report(&params);

	close(fds[0]);
	close(fds[1]);
	assert_true(has(&said, "fds 0 1 2 3 4 6 7"));
	assert_true(has(&said, "environment LANG=C"));
	assert_true(has(&said, "environment A=b"));
	assert_true(has(&said, "leader 1"));
}

static void a_confined_program_has_limits_and_dies_with_its_parent(void **state)
{
	struct sf_spawn_params params = PLAIN("report");
	char death[16];

	(void)state;
	params.confined = true;
	SF_CLEANUP(free_said) struct said said = run_report(&params);

	snprintf(death, sizeof(death), "death %d", SIGKILL);
	assert_true(has(&said, "NoNewPrivs:\t1"));
	assert_true(has(&said, death));
	assert_true(has(&said, "limit core 0 0"));
	assert_true(has(&said, "limit nofile 32 32"));
	assert_true(has(&said, "limit fsize 131072 131072"));

	int body = open("/dev/null", O_WRONLY | O_CLOEXEC);

	params.fds[3] = body;
	SF_CLEANUP(free_said) struct said with_body = run_report(&params);

	close(body);
	assert_false(has_start(&with_body, "limit fsize 131072"));
}

static void root_drops_to_exactly_the_user_it_names(void **state)
{
	static const gid_t groups[] = {4242, 17, 4001};
	const struct sf_spawn_user user = {
	    .uid = NOBODY, .gid = 4000, .groups = groups, .group_count = SF_COUNT(groups)};
	const struct sf_spawn_user alone = {.uid = NOBODY, .gid = 4000};
	struct sf_spawn_params params = PLAIN("report");
	struct sf_child child;
	struct sf_error e;

	(void)state;
	params.user = &user;
	params.confined = true;
	if (geteuid() != 0) {
		assert_int_equal(sf_spawn(&params, &child, &e), SF_E_WORKER);
		assert_int_equal(e.sys, EPERM);
		return;
	}
	SF_CLEANUP(free_said) struct said said = run_report(&params);

	assert_true(has(&said, "Uid:\t65534\t65534\t65534\t65534"));
	assert_true(has(&said, "Gid:\t4000\t4000\t4000\t4000"));
	assert_true(has(&said, "Groups:\t17 4001 4242 "));
	assert_true(has(&said, "CapPrm:\t0000000000000000"));
	assert_true(has(&said, "CapEff:\t0000000000000000"));
	assert_true(has(&said, "NoNewPrivs:\t1"));
	assert_true(has(&said, "limit nproc 0 0"));
	assert_true(has_start(&said, "death 9"));

	params.user = &alone;
	SF_CLEANUP(free_said) struct said bare = run_report(&params);

	assert_true(has(&bare, "Groups:\t "));
}

/* In a process of its own, whose low descriptors are free for sf_spawn's own. */
static bool starts_without_stdio(void)
{
	const struct sf_spawn_params params = PLAIN("report");
	struct said said = {.count = 0};
	struct sf_child child;
	struct sf_error e;
	bool clean = false;

	for (int fd = 0; fd < 8; fd++)
		close(fd);
	if (sf_spawn(&params, &child, &e) != SF_OK)
		return false;
	hear(&child, &said);
	sf_child_end(&child, soon(), &clean);
	return clean && has(&said, "fds 0 1 2 3") && !has_start(&said, "stdio /dev/p") &&
	       !has_start(&said, "stdio socket") && !has_start(&said, "stdio pipe");
}

static void a_host_without_stdio_gets_the_same(void **state)
{
	int status = 0;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(starts_without_stdio() ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void a_confined_program_ends_when_its_parent_does(void **state)
{
	struct sf_spawn_params params = PLAIN("hang");
	pid_t pid = 0, parent;
	int fds[2], status = 0;

	(void)state;
	params.confined = true;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	parent = fork();
	if (parent == 0) {
		struct sf_child child;
		struct sf_error e;

		if (sf_spawn(&params, &child, &e) == SF_OK)
			(void)!write(fds[1], &child.pid, sizeof(child.pid));
		_exit(0);
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &pid, sizeof(pid)), sizeof(pid));
	close(fds[0]);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_program_starts_with_nothing_but_its_frames),
	    cmocka_unit_test(descriptors_and_variables_that_are_given_arrive),
	    cmocka_unit_test(a_confined_program_has_limits_and_dies_with_its_parent),
	    cmocka_unit_test(root_drops_to_exactly_the_user_it_names),
	    cmocka_unit_test(a_host_without_stdio_gets_the_same),
	    cmocka_unit_test(a_confined_program_ends_when_its_parent_does),
	};

	/* Without a sanitizer's last check, which forks: a confined program may not. */
	if (argc == 2)
		_exit(run_as_child(argv[1]));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
