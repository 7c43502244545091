/* The browser flow with a listener: its page, its end, and a browser that does not return. */
#include "flow_code.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "peer.h"
#include "wire.h"

#include "banned.h"

#define TOKEN                                                                                      \
	"200|application/json|{\"access_token\":\"00D5f000000Abcd!AQ\",\"token_type\":\"Bearer\"," \
	"\"id\":\"https://login.salesforce.com/id/00D5f000000AbcdEAC/0055f00000EfGhiAAF\","        \
	"\"instance_url\":\"https://acme.my.salesforce.com\",\"issued_at\":\"1700000000000\"}"

/* The worker's descriptors while a browser is waited for; what stood there comes back. */
struct house {
	int kept[3], pair[2];
	uint16_t port;
	enum sf_language language; /* of the job */
};

static void open_house(struct house *house, bool listens)
{
	struct sockaddr_in local = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(local);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int numbers[] = {SF_WIRE_FD, SF_WIRE_BODY_FD, SF_WIRE_MORE_FD};

	house->language = SF_LANGUAGE_EN;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, house->pair), 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&local, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&local, &size), 0);
	house->port = ntohs(local.sin_port);
	assert_int_equal(listens ? listen(fd, 5) : 0, 0);
	for (size_t i = 0; i < SF_COUNT(numbers); i++)
		house->kept[i] = fcntl(numbers[i], F_DUPFD_CLOEXEC, 100);
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 50);
	house->pair[0] = fcntl(house->pair[0], F_DUPFD_CLOEXEC, 50);
	house->pair[1] = fcntl(house->pair[1], F_DUPFD_CLOEXEC, 50);
	dup2(house->pair[0], SF_WIRE_FD);
	dup2(fd, SF_WIRE_BODY_FD);
	/* No listener, as where curl's own connection has the number. */
	dup2(house->pair[0], SF_WIRE_MORE_FD);
	close(fd);
}

static void close_house(struct house *house)
{
	const int numbers[] = {SF_WIRE_FD, SF_WIRE_BODY_FD, SF_WIRE_MORE_FD};

	for (size_t i = 0; i < SF_COUNT(numbers); i++) {
		if (house->kept[i] < 0) {
			close(numbers[i]);
			continue;
		}
		dup2(house->kept[i], numbers[i]);
		close(house->kept[i]);
	}
	close(house->pair[0]);
	close(house->pair[1]);
}

/* A browser: a child that goes where it is shown, and back; what it got there is in a pipe. */
struct browser {
	struct sf_ui ui;
	const char *answer; /* of the query, before the state; NULL: it never comes back */
	uint16_t port;
	int page[2];
	pid_t pid;
};

static void come_back(const struct browser *browser, const char *state)
{
	const struct sockaddr_in local = {.sin_family = AF_INET,
	    .sin_port = htons(browser->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char text[4096];
	ssize_t n = 0;

	if (connect(fd, (const struct sockaddr *)&local, sizeof(local)) != 0)
		_exit(1);
	snprintf(text, sizeof(text),
	    "GET /OauthRedirect?%s&state=%.43s HTTP/1.1\r\nHost: localhost:%u\r\n\r\n",
	    browser->answer, state, (unsigned)browser->port);
	(void)!write(fd, text, strlen(text));
	while ((n = read(fd, text, sizeof(text))) > 0)
		(void)!write(browser->page[1], text, (size_t)n);
	_exit(0);
}

static enum sf_err browser_show(struct sf_ui *ui, const struct sf_show *show, struct sf_error *e)
{
	struct browser *browser = ui->context;
	const char *state = strstr(show->verification_uri, "&state=");

	(void)e;
	assert_non_null(state);
	browser->pid = browser->answer ? fork() : 0;
	if (browser->answer && browser->pid == 0)
		come_back(browser, state + 7);
	return SF_OK;
}

static enum sf_err run(struct peer *peer, struct house *house, const char *answer, int seconds,
    char *ret_page, size_t size)
{
	struct browser browser = {.ui = {.show = browser_show, .context = &browser},
	    .answer = answer,
	    .port = house->port};
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant = {0};
	struct sf_error e;
	size_t len = 0;
	ssize_t n = 0;

	assert_int_equal(pipe2(browser.page, O_CLOEXEC), 0);
	peer_open(peer, -1, seconds);
	peer->params.ui = &browser.ui;
	peer->job.language = house->language;
	snprintf(peer->job.callback, sizeof(peer->job.callback),
	    "http://localhost:%u/OauthRedirect", (unsigned)house->port);

	enum sf_err r = sf_flow_browser_run(&peer->params, &grant, &e);

	close(browser.page[1]);
	while (len < size - 1 && (n = read(browser.page[0], ret_page + len, size - 1 - len)) > 0)
		len += (size_t)n;
	ret_page[len] = '\0';
	close(browser.page[0]);
	if (browser.pid > 0)
		assert_int_equal(waitpid(browser.pid, NULL, 0), browser.pid);
	peer_stop(peer);
	assert_int_equal(grant.token != NULL, r == SF_OK);
	return r;
}

static void the_page_comes_after_the_exchange_and_says_how_it_went(void **state)
{
	static const struct {
		const char *answer, *reply;
		enum sf_language language;
		enum sf_err r;
	} cases[] = {
	    {"code=aPrx%3D", TOKEN, SF_LANGUAGE_EN, SF_OK},
	    {"code=aPrx%3D", TOKEN, SF_LANGUAGE_DE, SF_OK},
	    {"code=aPrx%3D", "400|application/json|{\"error\":\"invalid_client_id\"}",
		SF_LANGUAGE_EN, SF_E_APP},
	    {"error=access_denied", TOKEN, SF_LANGUAGE_EN, SF_E_DENIED},
	    {"error=access_denied", TOKEN, SF_LANGUAGE_DE, SF_E_DENIED},
	};
	static const char *const titles[SF_LANGUAGE_COUNT][2] = {
	    {"<h1>Signed in with Salesforce</h1>", "<h1>The sign-in did not work</h1>"},
	    {"<h1>Mit Salesforce angemeldet</h1>", "<h1>Die Anmeldung hat nicht geklappt</h1>"},
	};
	struct peer *peer = *state;

	for (size_t i = 0; i < SF_COUNT(cases); i++) {
		const enum sf_language language = cases[i].language;
		struct house house;
		char page[8192];

		peer_start(peer, "localhost", cases[i].reply, NULL);
		open_house(&house, true);
		house.language = language;

		enum sf_err r = run(peer, &house, cases[i].answer, 10, page, sizeof(page));

		close_house(&house);
		assert_int_equal(r, cases[i].r);
		assert_non_null(strstr(page, titles[language][cases[i].r != SF_OK]));
		if (cases[i].r != SF_OK)
			assert_non_null(strstr(page, sf_err_sentence_in(language, cases[i].r)));
	}
}

static void a_browser_that_never_comes_back_has_a_row_of_its_own(void **state)
{
	struct peer *peer = *state;
	struct house house;
	char page[64];

	peer_start(peer, "localhost", TOKEN, NULL);
	open_house(&house, true);

	enum sf_err r = run(peer, &house, NULL, 1, page, sizeof(page));

	close_house(&house);
	assert_int_equal(r, SF_E_EXPIRED);
	assert_string_equal(peer->answer.row, "no_callback");
	assert_int_equal(peer->answer.failure, SF_E_EXPIRED);
	assert_int_equal(peer_count(peer, "\n"), 0);
}

static void without_a_listener_nothing_is_shown(void **state)
{
	struct peer *peer = *state;
	struct house house;
	char page[64];

	peer_start(peer, "localhost", TOKEN, NULL);
	open_house(&house, false);

	enum sf_err r = run(peer, &house, "code=a", 5, page, sizeof(page));

	close_house(&house);
	assert_int_equal(r, SF_E_CONFIG);
	assert_string_equal(page, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_page_comes_after_the_exchange_and_says_how_it_went),
	    cmocka_unit_test(a_browser_that_never_comes_back_has_a_row_of_its_own),
	    cmocka_unit_test(without_a_listener_nothing_is_shown),
	};

	return cmocka_run_group_tests_name("flow_browser", tests, peer_setup, peer_teardown);
}
