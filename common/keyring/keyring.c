/*
 * sfoauth-keyring: handles one FIND, STORE or ERASE frame from descriptor 3 and exits. It is the
 * only program that uses D-Bus. It does not decide which token to use.
 *
 * A keyring call can block for ever, and must not be cancelled while an unlock dialog is open.
 * Nothing here has a deadline: the caller has one and kills this process.
 *
 * The program reads the lock state of the collection before any call that can open a dialog;
 * KeePassXC opens one for a search. It searches by sfoauth's attributes only, because a locked
 * gnome-keyring hides items from a search by schema name. It compares the attributes of each hit
 * again.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "attr.h"
#include "clock.h"
#include "err.h"
#include "keyring_erase.h"
#include "keyring_find.h"
#include "keyring_request.h"
#include "keyring_service.h"
#include "keyring_store.h"
#include "wire.h"

#include "banned.h"

static void error_freep(GError **error)
{
	g_clear_error(error);
}

/*
 * Check that the default collection is unlocked; unlock it if the request allows a dialog. Returns
 * type END if the request can proceed, otherwise the reply to send.
 */
static struct sf_keyring_result check_collection(
    struct sf_keyring_service *service, const struct sf_keyring_request *request)
{
	SF_CLEANUP(error_freep) GError *error = NULL;
	enum sf_wire_type type = SF_WIRE_NO_KEYRING;

	switch (sf_keyring_service_state(service, &error)) {
	case SF_KEYRING_OPEN:
		type = SF_WIRE_END;
		break;
	case SF_KEYRING_LOCKED:
		type = sf_keyring_service_unlock(service, NULL, request->may_prompt, &error)
			   ? SF_WIRE_END
			   : SF_WIRE_LOCKED;
		break;
	case SF_KEYRING_NONE:
		/* A new user has no collection. STORE creates one; its password needs a dialog. */
		if (request->may_prompt)
			type = request->type == SF_WIRE_STORE ? SF_WIRE_END : SF_WIRE_NONE;
		break;
	case SF_KEYRING_GONE:
		break;
	}
	return sf_keyring_result_of(type, error);
}

static struct sf_keyring_result handle_request(const struct sf_keyring_request *request)
{
	SF_CLEANUP(error_freep) GError *error = NULL;
	struct sf_keyring_service *service = sf_keyring_service_open(&error);
	struct sf_keyring_result result;

	if (!service)
		return sf_keyring_result_of(SF_WIRE_NO_KEYRING, error);
	result = check_collection(service, request);
	if (result.type != SF_WIRE_END)
		return result;
	switch (request->type) {
	case SF_WIRE_FIND:
		return sf_keyring_find(service, request);
	case SF_WIRE_STORE:
		return sf_keyring_store(service, request);
	default:
		return sf_keyring_erase(service, request);
	}
}

/*
 * Block signals, disable core dumps, and end with the caller. Ctrl-C reaches the whole process
 * group of a terminal and must not interrupt a store: the refresh token would be lost. The caller
 * ends this process with SIGKILL, and the kernel does so when the caller dies.
 *
 * The process stays dumpable, so that KeePassXC can read /proc/PID/exe and show which program asks;
 * otherwise it warns of an "invalid executable path", and people learn to ignore the warning. A
 * program of the same user can therefore trace this one, but it can also ask the keyring itself. A
 * core limit of 1 byte, unlike 0, also stops a core dump that goes to a program (core(5)).
 * git-credential-sfoauth lowers the limit to 0, which cannot be raised again: then the process is
 * not dumpable.
 */
static bool harden(void)
{
	static const int held[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	const struct rlimit no_core = {1, 1};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < SF_COUNT(held); i++)
		sigaddset(&set, held[i]);
	return sigprocmask(SIG_BLOCK, &set, NULL) == 0 &&
	       (setrlimit(RLIMIT_CORE, &no_core) == 0 || prctl(PR_SET_DUMPABLE, 0) == 0) &&
	       prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
}

int main(int argc, char **argv)
{
	SF_CLEANUP(sf_keyring_request_clear) struct sf_keyring_request request = {0};
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	struct sf_error e;

	(void)argv;
	if (argc != 1 || !harden())
		return EXIT_FAILURE;
	if (sf_wire_recv(SF_WIRE_FD, sf_clock_now_ms() + SF_FOREVER_MS, &frame, &e) != SF_OK ||
	    sf_keyring_request_read(&frame, &request, &e) != SF_OK)
		return EXIT_FAILURE;
	const struct sf_keyring_result result = handle_request(&request);
	const bool is_sent = sf_keyring_result_send(&result);
	sf_keyring_request_clear(&request);
	sf_frame_wipep(&frame);
	/* _exit: the bus drops a process that ends. Closing each object would cost a round trip. */
	_exit(is_sent ? EXIT_SUCCESS : EXIT_FAILURE);
}
