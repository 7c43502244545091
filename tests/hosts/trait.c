#include "trait.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TRAITS    20
#define LINGER_US 20000

static atomic_bool is_over;

void trait_stop(void)
{
	atomic_store(&is_over, true);
}

/* --- signals --- */

static void on_signal(int sig)
{
	int saved = errno;

	while (sig == SIGCHLD && waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static void handle(int sig, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

	(void)sigaction(sig, &action, NULL);
}

static void set_reaper(void)
{
	handle(SIGCHLD, on_signal, 0);
}

static void ignore_children(void)
{
	handle(SIGCHLD, SIG_IGN, 0);
}

static void want_no_zombies(void)
{
	handle(SIGCHLD, SIG_DFL, SA_NOCLDWAIT);
}

static void ignore_all(void)
{
	for (int sig = 1; sig < NSIG; sig++)
		(void)signal(sig, SIG_IGN);
}

static void block_all(void)
{
	sigset_t all;

	sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
}

/* Every call that can be interrupted is, again and again. */
static void storm(void)
{
	const struct itimerval often = {{0, 2000}, {0, 2000}};

	handle(SIGALRM, on_signal, 0);
	(void)setitimer(ITIMER_REAL, &often, NULL);
}

/* --- descriptors and limits --- */

static void close_standard(void)
{
	for (int fd = 0; fd < 3; fd++)
		(void)close(fd);
}

static void limit(__rlimit_resource_t resource, rlim_t soft)
{
	struct rlimit now;

	(void)getrlimit(resource, &now);
	now.rlim_cur = soft;
	(void)setrlimit(resource, &now);
}

static void open_until(rlim_t files)
{
	limit(RLIMIT_NOFILE, files);
	for (rlim_t i = 0; i < files; i++)
		(void)!open("/dev/null", O_RDWR); /* without close-on-exec: they must not get far */
}

static void open_many(void)
{
	open_until(1000);
	limit(RLIMIT_NOFILE, 1024);
}

static void open_all(void)
{
	open_until(256);
}

static void few_files(void)
{
	limit(RLIMIT_NOFILE, 24);
}

static void fewest_files(void)
{
	limit(RLIMIT_NOFILE, 10);
}

static void no_processes(void)
{
	limit(RLIMIT_NPROC, 0);
}

/* --- the rest --- */

static void umask_0(void)
{
	(void)umask(0);
}

static void umask_all(void)
{
	(void)umask(0777);
}

static void odd_locale(void)
{
	/* The script makes the first where it can: i and I are other letters there. */
	if (!setlocale(LC_ALL, "tr_TR.UTF-8"))
		(void)setlocale(LC_ALL, "C.UTF-8");
}

static void lose_directory(void)
{
	char path[] = "/tmp/host-XXXXXX";

	if (mkdtemp(path) && chdir(path) == 0)
		(void)rmdir(path);
}

static void hostile_environment(void)
{
	static char variables[][64] = {"PATH=.", "HOME=/nonexistent", "https_proxy=http://evil:1",
	    "HTTPS_PROXY=http://evil:1", "ALL_PROXY=socks5://evil:1", "SSL_CERT_FILE=/dev/zero",
	    "SSL_CERT_DIR=/tmp", "CURL_CA_BUNDLE=/dev/zero", "OPENSSL_CONF=/tmp/evil.cnf",
	    "OPENSSL_MODULES=/tmp", "LD_PRELOAD=/tmp/evil.so", "LD_LIBRARY_PATH=/tmp",
	    "LD_AUDIT=/tmp/evil.so", "GCONV_PATH=/tmp", "LOCPATH=/tmp", "NLSPATH=/tmp/%N",
	    "RES_OPTIONS=debug", "LOCALDOMAIN=evil", "HOSTALIASES=/tmp/evil", "TZ=:/etc/shadow",
	    "MALLOC_PERTURB_=165", "SFOAUTH_ORG=evil", "SFOAUTH_HANDOFF=../../etc/shadow",
	    "SALESFORCE_INSTANCE_URL=https://evil", "SSLKEYLOGFILE=/tmp/keys", "IFS=/"};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		(void)putenv(variables[i]);
}

static void no_environment(void)
{
	(void)clearenv();
}

/* Children of another thread get copies of what is open, at any moment, and keep them a while. */
static void *forks(void *ignored)
{
	(void)ignored;
	while (!atomic_load(&is_over)) {
		pid_t pid = fork();

		if (pid == 0) {
			(void)usleep(LINGER_US);
			_exit(0);
		}
		(void)usleep(500);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	return NULL;
}

/* Holds the allocator's and the C library's locks most of the time. */
static void *busy(void *ignored)
{
	(void)ignored;
	while (!atomic_load(&is_over)) {
		free(malloc(100000));
		tzset();
	}
	return NULL;
}

static const struct trait traits[TRAITS] = {
    {"plain", NULL, NULL, 0},
    {"busy-thread", NULL, busy, 0},
    {"forking-thread", NULL, forks, 0},
    {"small-stack", NULL, NULL, 128 * 1024},
    {"reaping-handler", set_reaper, NULL, 0},
    {"sigchld-ignored", ignore_children, NULL, 0},
    {"sigchld-nocldwait", want_no_zombies, NULL, 0},
    {"signals-ignored", ignore_all, NULL, 0},
    {"signals-blocked", block_all, NULL, 0},
    {"signal-storm", storm, NULL, 0},
    {"stdio-closed", close_standard, NULL, 0},
    {"1000-descriptors", open_many, NULL, 0},
    {"few-descriptors", few_files, NULL, 0},
    {"no-processes", no_processes, NULL, 0},
    {"umask-0", umask_0, NULL, 0},
    {"umask-0777", umask_all, NULL, 0},
    {"odd-locale", odd_locale, NULL, 0},
    {"no-directory", lose_directory, NULL, 0},
    {"hostile-environment", hostile_environment, NULL, 0},
    {"no-environment", no_environment, NULL, 0},
};

/* These two cannot log in, only fail well: no descriptor is left for it. */
static const struct trait hopeless[] = {
    {"no-descriptors", open_all, NULL, 0},
    {"ten-descriptors", fewest_files, NULL, 0},
};

const struct trait *trait_at(size_t at)
{
	return at < TRAITS ? &traits[at] : NULL;
}

const struct trait *trait_find(const char *name)
{
	for (size_t i = 0; i < TRAITS; i++)
		if (strcmp(traits[i].name, name) == 0)
			return &traits[i];
	for (size_t i = 0; i < sizeof(hopeless) / sizeof(hopeless[0]); i++)
		if (strcmp(hopeless[i].name, name) == 0)
			return &hopeless[i];
	return NULL;
}
