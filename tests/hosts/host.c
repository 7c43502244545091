/*
 * A long-lived PAM application with bad habits (trait.c):
 *   host [-t TRAIT] [-n LOGINS] [-j THREADS] [-u USER] [-s SERVICE] [-a]     log in again and again
 *   host -f [-u USER] [-s SERVICE]      ... with one allocation more failing each time (failing.c)
 *   host -l                             names of all traits
 * -a: authenticate and account only, without a session. -q: does not look at itself, and calls
 * getsid(2) right before and after the logins, as a mark for strace(1).
 *
 * Says how many logins were allowed and refused, with which PAM codes, whether anything it can
 * see of itself is another than before the first ("same", or "changed" below the differences),
 * and what grew from the first tenth of the logins to the last.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <security/pam_appl.h>

#include "failing.h"
#include "login.h"
#include "snapshot.h"
#include "trait.h"

#define THREADS_MAX 64
#define CODES       64
#define POINTS_MAX  10000
#define REPORT_FD   2000 /* out of the way of traits that play with descriptors */
#define RECORDS     "/run/sfoauth/handoff"
#define STARTS      "/run/sfoauth/lock/limits-1"
#define STARTS_MAX  200 /* start_rate cannot be set higher than 240 a minute: then a new file */

static struct options {
	const struct trait *trait;
	const char *user, *service;
	long logins;
	long threads;
	bool has_session, fails, looks;
} options;

static struct tally {
	pthread_mutex_t lock;
	long allowed, refused, started;
	long codes[CODES], session_codes[CODES];
	long rss, fds, children; /* at the first tenth */
} tally = {.lock = PTHREAD_MUTEX_INITIALIZER};

static FILE *out;

static void count(const struct login *login)
{
	if (login->code == PAM_SUCCESS)
		tally.allowed++;
	else
		tally.refused++;
	if (login->code >= 0 && login->code < CODES)
		tally.codes[login->code]++;
	if (login->session_code >= 0 && login->session_code < CODES)
		tally.session_codes[login->session_code]++;
	if ((tally.allowed + tally.refused) % STARTS_MAX == 0)
		(void)unlink(STARTS);
	if (tally.allowed + tally.refused == options.logins / 10) {
		tally.rss = snapshot_status("VmRSS:");
		tally.fds = snapshot_fds();
		tally.children = snapshot_children();
	}
}

static bool is_next(void)
{
	bool is = false;

	pthread_mutex_lock(&tally.lock);
	is = tally.started < options.logins;
	tally.started += is;
	pthread_mutex_unlock(&tally.lock);
	return is;
}

static void *log_in(void *ignored)
{
	(void)ignored;
	while (is_next()) {
		struct login login = {.service = options.service,
		    .user = options.user,
		    .has_session = options.has_session};

		login_run(&login, NULL, NULL);
		pthread_mutex_lock(&tally.lock);
		count(&login);
		pthread_mutex_unlock(&tally.lock);
	}
	return NULL;
}

static void *nothing(void *ignored)
{
	return ignored;
}

/*
 * A joined thread is in /proc for a moment longer, where a snapshot would see it: wait until it is
 * gone, for a second at most. Needs no descriptor.
 */
static void wait_for_end_of_threads(void)
{
	struct stat tasks;

	for (int i = 0; i < 1000 && stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink > 3; i++)
		usleep(1000);
}

static void run_thread(void *(*function)(void *), const pthread_attr_t *attributes)
{
	pthread_t thread;

	if (pthread_create(&thread, attributes, function, NULL) != 0)
		exit(3);
	pthread_join(thread, NULL);
	wait_for_end_of_threads();
}

/* All logins: in this thread, or in several. */
static void log_in_all(void)
{
	pthread_t noise, threads[THREADS_MAX];
	pthread_attr_t attributes;
	const struct trait *trait = options.trait;

	if (trait->noise && pthread_create(&noise, NULL, trait->noise, NULL) != 0)
		exit(3);
	pthread_attr_init(&attributes);
	if (trait->stack_size > 0)
		pthread_attr_setstacksize(&attributes, trait->stack_size);
	for (long i = 0; i < options.threads; i++)
		if (pthread_create(&threads[i], &attributes, log_in, NULL) != 0)
			exit(3);
	for (long i = 0; i < options.threads; i++)
		pthread_join(threads[i], NULL);
	if (options.threads == 0 && trait->stack_size > 0)
		run_thread(log_in, &attributes);
	else if (options.threads == 0)
		(void)log_in(NULL);
	pthread_attr_destroy(&attributes);
	trait_stop();
	if (trait->noise)
		pthread_join(noise, NULL);
	wait_for_end_of_threads();
}

static void report(void)
{
	(void)fprintf(out, "allowed %ld refused %ld", tally.allowed, tally.refused);
	for (int i = 1; i < CODES; i++)
		if (tally.codes[i] > 0)
			(void)fprintf(out, " code-%d %ld", i, tally.codes[i]);
	for (int i = 1; i < CODES; i++)
		if (tally.session_codes[i] > 0)
			(void)fprintf(out, " session-code-%d %ld", i, tally.session_codes[i]);
	if (options.logins >= 10)
		(void)fprintf(out, " grown: kib %ld descriptors %ld children %ld",
		    snapshot_status("VmRSS:") - tally.rss, snapshot_fds() - tally.fds,
		    snapshot_children() - tally.children);
	(void)fprintf(out, "\n");
}

/* --- failing allocations --- */

static long fail_at;

static void arm(void)
{
	failing_arm(fail_at);
}

/* Names of records; they are removed. */
static long take_records(void)
{
	DIR *dir = opendir(RECORDS);
	const struct dirent *entry;
	long names = 0;

	while (dir && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' && unlinkat(dirfd(dir), entry->d_name, 0) == 0)
			names++;
	if (dir)
		(void)closedir(dir);
	return names;
}

/* The k-th allocation fails, for every k that there is. */
static int fail_all(void)
{
	struct login login = {
	    .service = options.service, .user = options.user, .has_session = true};
	long leaks = 0, left = 0, points = 0;

	if (!failing_arm)
		return 3;
	/* What the C library and libpam keep after the first time is no leak. */
	login_run(&login, arm, failing_disarm);
	(void)take_records();
	for (fail_at = 1; points < POINTS_MAX; fail_at++) {
		login_run(&login, arm, failing_disarm);
		if (failing_seen() < fail_at)
			break;
		points++;
		count(&login);
		if (failing_live() > 0) {
			leaks++;
			(void)fprintf(out, "at %ld: %ld blocks are lost; %s said %d\n", fail_at,
			    failing_live(), login.phase, login.code);
		}
		/* Between a yes and a session that never opens, a record waits for the sweep. */
		if (take_records() > 0 && login.was_told && strcmp(login.phase, "auth") == 0) {
			left++;
			(void)fprintf(out, "at %ld: refused, and a record has a name\n", fail_at);
		}
	}
	(void)fprintf(out, "points %ld leaks %ld records %ld ", points, leaks, left);
	report();
	return 0;
}

/* --- */

static bool read_options(int argc, char **argv)
{
	int option;

	options = (struct options){.trait = trait_find("plain"),
	    .user = "ada",
	    .service = "sfhost",
	    .logins = 1,
	    .has_session = true,
	    .looks = true};
	while ((option = getopt(argc, argv, "t:n:j:u:s:afql")) != -1) {
		switch (option) {
		case 't':
			options.trait = trait_find(optarg);
			break;
		case 'n':
			options.logins = strtol(optarg, NULL, 10);
			break;
		case 'j':
			options.threads = strtol(optarg, NULL, 10);
			break;
		case 'u':
			options.user = optarg;
			break;
		case 's':
			options.service = optarg;
			break;
		case 'a':
			options.has_session = false;
			break;
		case 'f':
			options.fails = true;
			break;
		case 'q':
			options.looks = false;
			break;
		case 'l':
			for (size_t i = 0; trait_at(i); i++)
				(void)printf("%s\n", trait_at(i)->name);
			exit(0);
		default:
			return false;
		}
	}
	return options.trait && options.threads <= THREADS_MAX;
}

int main(int argc, char **argv)
{
	char *before = NULL, *after = NULL;
	bool is_same = false;

	if (!read_options(argc, argv))
		return 2;
	out = fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, REPORT_FD), "w");
	if (!out)
		out = stdout;
	/* What the C library keeps once something was logged is no trace of the module. */
	syslog(LOG_AUTHPRIV | LOG_INFO, "host begins");
	if (options.trait->set)
		options.trait->set();
	if (options.fails)
		return fail_all();
	if (!options.looks) {
		(void)getsid(0);
		log_in_all();
		(void)getsid(0);
		report();
		return fclose(out) == 0 ? 0 : 1;
	}
	/* So is what it sets up for the first thread of a program. */
	run_thread(nothing, NULL);
	before = snapshot_take();
	log_in_all();
	after = snapshot_take();
	is_same = before && after && snapshot_is_same(out, before, after);
	report();
	(void)fprintf(out, "%s\n", is_same ? "same" : "changed");
	free(before);
	free(after);
	return fclose(out) == 0 && is_same ? 0 : 1;
}
