# The only build file. Outputs go to $(B); DESTDIR is honoured; the user's CFLAGS come last.
# `make help` lists the targets.

# The one version: of every --version, the manual pages and packages.
VERSION = 0.9.0

PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec
MANDIR     ?= $(PREFIX)/share/man
SYSCONFDIR ?= /etc
MULTIARCH  := $(shell $(CC) -print-multiarch 2>/dev/null)
PAMDIR     ?= /usr/lib/$(if $(MULTIARCH),$(MULTIARCH)/)security
SYSUSERSDIR ?= /usr/lib/sysusers.d
TMPFILESDIR ?= /usr/lib/tmpfiles.d
FAIL2BANDIR ?= $(SYSCONFDIR)/fail2ban/filter.d
GIT_PROGRAM ?= /usr/bin/git

.DEFAULT_GOAL := all

B      ?= build
CC     ?= cc
INSTALL ?= install
CFLAGS ?= -O2 -g
SAN    ?=
WERROR ?=

cc-option = $(shell $(CC) -Werror $(1) -c -x c -o /dev/null /dev/null 2>/dev/null && echo $(1))

WARN  := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wformat=2 -Wstrict-prototypes \
         -Wmissing-prototypes -Wvla -Wundef -Wwrite-strings $(call cc-option,-Wlogical-op) $(WERROR)
# -fno-plt: with -z now all addresses are known at the start, so a jump table has no use (arm64: longer calls).
HARD  := -fstack-protector-strong -fPIC -fvisibility=hidden -fno-strict-overflow -ffunction-sections -fdata-sections \
         $(if $(findstring x86_64,$(MULTIARCH)),-fno-plt) $(call cc-option,-fstack-clash-protection) $(call cc-option,-fcf-protection) \
         $(call cc-option,-mbranch-protection=standard) $(call cc-option,-ftrivial-auto-var-init=zero)
ifeq ($(SAN),)
HARD  += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
endif
PATHS := -DSF_BINDIR='"$(BINDIR)"' -DSF_GIT='"$(GIT_PROGRAM)"' -DSF_LIBEXECDIR='"$(LIBEXECDIR)/sfoauth"' \
         -DSF_PAMDIR='"$(PAMDIR)"' -DSF_VERSION='"$(VERSION)"'

# Address spaces and their rooms. A room includes only rooms above it in this list, and those of BASE
# (tests/lint/layers.sh).
BASE    = $(addprefix common/,base config policy token ipc callback)
WORKER  = $(addprefix common/worker/,sandbox http json flow) common/worker
SELFTEST = common/selftest
KEYRING = common/keyring
MODULE  = pam_sfoauth/module
KEEP    = pam_sfoauth/keep
TRY     = pam_sfoauth/try
FRONT   = credhelper/front
CLI     = $(addprefix credhelper/cli/,ui settings store signin session cmd ssh git setup host doctor) credhelper/cli
SPACES  = BASE WORKER SELFTEST KEYRING MODULE KEEP TRY FRONT CLI

# For the lints: one line for each address space.
.PHONY: rooms
rooms:
	@$(foreach s,$(SPACES),echo $(s) $($(s));)

iquote = $(addprefix -iquote ,$(1))
ALL_CPPFLAGS = -D_GNU_SOURCE $(call iquote,$(BASE)) $(PATHS) $(CPPFLAGS)
ALL_CFLAGS   = -std=gnu17 $(WARN) $(HARD) -ffile-prefix-map=$(CURDIR)/= $(SAN) $(CFLAGS)
LINK_HARD    = -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--no-undefined,--as-needed,--gc-sections
ALL_LDFLAGS  = $(if $(SAN),-Wl$(comma)--as-needed $(SAN),$(LINK_HARD)) $(LDFLAGS)
comma := ,

pkg = $(shell pkg-config $(1) $(2) 2>/dev/null)
CURL_LIBS    = $(call pkg,--libs,libcurl)
WORKER_LIBS  = $(CURL_LIBS) -lcjson -lssl -lcrypto -lseccomp
KEYRING_CFLAGS = $(call pkg,--cflags,libsecret-1)
KEYRING_LIBS = $(call pkg,--libs,libsecret-1)
CLI_LIBS     = -lcjson -lqrencode

# Each room's *.c are found by themselves: a new file needs no change here.
sources = $(sort $(wildcard $(addsuffix /*.c,$(1))))
objs = $(patsubst %.c,$(B)/%.o,$(call sources,$(1)))

PROGRAMS = $(B)/pam_sfoauth.so $(B)/sfoauth-worker $(B)/sfoauth-selftest $(B)/sfoauth-keyring $(B)/sfoauth-keep $(B)/sfoauth-try $(B)/git-credential-sfoauth $(B)/sfoauth

.PHONY: all
all: $(PROGRAMS) ## build everything into B (build)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(B)/common/worker/%.o: ALL_CPPFLAGS += $(call iquote,$(WORKER))
$(B)/common/keyring/%.o: ALL_CPPFLAGS += $(KEYRING_CFLAGS)
$(B)/credhelper/cli/%.o: ALL_CPPFLAGS += $(call iquote,$(CLI))

# ThreadSanitizer's runtime takes locks: the child of a fork that another thread was in would wait for ever.
$(B)/common/ipc/spawn_child.o $(B)/module/common/ipc/spawn_child.o: override SAN := $(filter-out -fsanitize=thread,$(SAN))

$(B)/libsfbase.a: $(call objs,$(BASE))
	@rm -f $@
	$(AR) crsD $@ $^

# The module is mapped into sshd, sudo and login. Its objects are compiled separately, for size and with
# LTO, whatever CFLAGS say (limits: tests/lint/exports.sh), and with all the hardening of the programs.
lto-option = $(shell echo 'int x;' | $(CC) -shared -fPIC -flto=auto -x c -o /dev/null - 2>/dev/null && echo -flto=auto)
ifeq ($(SAN),)
MODULE_CFLAGS := -Os $(call lto-option)
# DT_RELR: relocations of tables as a bit map, about two bytes for each pointer instead of twenty-four. A linker that
# cannot do it for its machine (Debian 12's for arm64) only warns, so the probe turns warnings into errors.
relr-option = $(shell echo 'int x;' | $(CC) -shared -fPIC -Wl,--fatal-warnings,-z,pack-relative-relocs -x c -o /dev/null - \
                  2>/dev/null && echo -Wl,-z,pack-relative-relocs)
MODULE_LDFLAGS := $(call relr-option)
endif
module_objs = $(patsubst %.c,$(B)/module/%.o,$(call sources,$(1)))
$(B)/module/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(MODULE_CFLAGS) -MMD -MP -c -o $@ $<
$(B)/pam_sfoauth.so: $(call module_objs,$(MODULE) $(BASE)) pam_sfoauth/module/module.map
	$(CC) $(ALL_CFLAGS) $(MODULE_CFLAGS) -shared $(ALL_LDFLAGS) $(MODULE_LDFLAGS) \
	    -Wl,--version-script=pam_sfoauth/module/module.map -o $@ $(filter %.o,$^) -lpam
$(B)/sfoauth-worker: $(call objs,$(WORKER)) $(B)/libsfbase.a
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -o $@ $^ $(WORKER_LIBS)
$(B)/sfoauth-selftest: $(call objs,$(SELFTEST)) $(B)/libsfbase.a
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -o $@ $^ -lssl -lcrypto
$(B)/sfoauth-keyring: $(call objs,$(KEYRING)) $(B)/libsfbase.a
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -o $@ $^ $(KEYRING_LIBS)
$(B)/sfoauth-keep: $(call objs,$(KEEP)) $(B)/libsfbase.a
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -o $@ $^
# Its pam_syslog is exported: the module then uses it instead of libpam's.
$(B)/sfoauth-try: $(call objs,$(TRY)) $(B)/libsfbase.a
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -Wl,--export-dynamic-symbol=pam_syslog -o $@ $^ -lpam
$(B)/git-credential-sfoauth: $(call objs,$(FRONT)) $(B)/libsfbase.a
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -o $@ $^
$(B)/sfoauth: $(call objs,$(CLI)) $(B)/libsfbase.a
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -o $@ $^ $(CLI_LIBS)

# These programs print the version: compile them again when it changes.
$(B)/credhelper/cli/sfoauth.o $(B)/credhelper/front/git-credential-sfoauth.o $(B)/common/worker/worker.o: Makefile

# Manual pages get the version, and their lists from the tables that the programs are built from.
MAN_SOURCES = common/base/flows.def common/config/config.def common/base/err.def common/worker/flow/reply_class.def credhelper/cli/ui/advice.def
MAN_PAGES   = $(patsubst %.in,$(B)/%,$(sort $(wildcard man/*.in)))
all: $(MAN_PAGES)
$(B)/man/%: man/%.in man/rows.awk Makefile $(MAN_SOURCES)
	@mkdir -p $(@D)
	awk -v version=$(VERSION) -f man/rows.awk $(MAN_SOURCES) $< >$@.new && mv $@.new $@

# ---- Install: DESTDIR gets files only; without it the two users of the worker are created too.

D_LIBEXEC = $(DESTDIR)$(LIBEXECDIR)/sfoauth
.PHONY: install uninstall users stage
install: all ## to PREFIX (/usr/local), the module to PAMDIR; DESTDIR is honoured
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(D_LIBEXEC) $(DESTDIR)$(PAMDIR) $(DESTDIR)$(SYSUSERSDIR) $(DESTDIR)$(TMPFILESDIR) $(DESTDIR)$(FAIL2BANDIR)
	$(INSTALL) -m 755 $(B)/sfoauth $(B)/git-credential-sfoauth $(DESTDIR)$(BINDIR)
	$(INSTALL) -m 711 $(B)/sfoauth-worker $(D_LIBEXEC)
	$(INSTALL) -m 755 $(addprefix $(B)/,sfoauth-selftest sfoauth-keyring sfoauth-keep sfoauth-try) $(D_LIBEXEC)
	$(INSTALL) -m 644 $(B)/pam_sfoauth.so $(DESTDIR)$(PAMDIR)
	$(INSTALL) -m 644 pam_sfoauth/sysusers.conf $(DESTDIR)$(SYSUSERSDIR)/sfoauth.conf
	$(INSTALL) -m 644 pam_sfoauth/tmpfiles.conf $(DESTDIR)$(TMPFILESDIR)/sfoauth.conf
	ln -sf $(BINDIR)/sfoauth $(D_LIBEXEC)/ssh && ln -sf $(BINDIR)/sfoauth $(D_LIBEXEC)/sfoauth-askpass
	$(INSTALL) -m 644 pam_sfoauth/fail2ban.conf $(DESTDIR)$(FAIL2BANDIR)/sfoauth.conf
	@set -e; for page in $(MAN_PAGES); do section=$(DESTDIR)$(MANDIR)/man$${page##*.}; \
	    $(INSTALL) -d $$section; $(INSTALL) -m 644 $$page $$section; done
	$(if $(DESTDIR),,@$(MAKE) --no-print-directory users)

users:
	@if command -v systemd-sysusers >/dev/null; then systemd-sysusers $(SYSUSERSDIR)/sfoauth.conf; else \
	    for user in _sfoauth _sfoauth-host; do getent passwd $$user >/dev/null || \
	        useradd --system --user-group --no-create-home --home-dir / --shell /usr/sbin/nologin $$user; done; fi

# A PAM stack that names a missing module lets nobody in, not even root: refuse to remove it.
STACKS = $(wildcard $(addprefix $(DESTDIR),$(SYSCONFDIR)/pam.d/* $(SYSCONFDIR)/pam.conf /usr/lib/pam.d/*))
uninstall: ## remove what install put there, unless a PAM stack uses it; users and configuration stay
	@named=$$(grep -lsE '^[^#]*pam_sfoauth\.so' /dev/null $(STACKS)); [ -z "$$named" ] || [ -n "$(FORCE)" ] || \
	    { printf 'uninstall: these files still use the module; without it nobody could log in, root neither:\n'; \
	      printf '  %s\n' $$named; printf 'Take the lines with pam_sfoauth.so out of them, or say FORCE=1.\n'; exit 1; } >&2
	rm -f $(addprefix $(DESTDIR)$(BINDIR)/,sfoauth git-credential-sfoauth)
	rm -f $(addprefix $(D_LIBEXEC)/,sfoauth-worker sfoauth-selftest sfoauth-keyring sfoauth-keep sfoauth-try sfoauth-askpass ssh)
	rm -f $(DESTDIR)$(PAMDIR)/pam_sfoauth.so $(DESTDIR)$(SYSUSERSDIR)/sfoauth.conf $(DESTDIR)$(TMPFILESDIR)/sfoauth.conf $(DESTDIR)$(FAIL2BANDIR)/sfoauth.conf
	rm -f $(foreach p,$(MAN_PAGES),$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(p)))/$(notdir $(p)))
	-@rmdir $(D_LIBEXEC) 2>/dev/null

# The files that the component tests install into their private file system.
# Built again only after a change, because tests of another make may be reading it.
stage: all $(B)/stage/.made
$(B)/stage/.made: $(PROGRAMS) $(MAN_PAGES) $(wildcard pam_sfoauth/*.conf) Makefile
	@rm -rf $(B)/stage.new
	@$(MAKE) --no-print-directory -s install DESTDIR=$(abspath $(B))/stage.new
	@rm -rf $(B)/stage && touch $(B)/stage.new/.made && mv $(B)/stage.new $(B)/stage

# ---- Packages

GROUPS ?= build
.PHONY: deps
deps: ## install the packages of GROUPS="build test bench lint demo system" (default: build); asks on a terminal
	@.ci/deps $(GROUPS)

# ---- Tests: test_X.c and fuzz_X.c are linked with the address space that has X.c (its main left out)
# and the base; without an X.c, X = Y_Z is linked with that of Y.c (config_nomem: config.c).

MAINS   = common/worker/worker.c common/selftest/sfoauth-selftest.c common/keyring/keyring.c pam_sfoauth/keep/keep.c pam_sfoauth/try/try.c \
          credhelper/front/git-credential-sfoauth.c credhelper/cli/sfoauth.c
SANITIZERS = -fsanitize=address,undefined -fno-sanitize-recover=all
# Sanitizers make system calls that the sandbox forbids, so those builds have no sandbox.
UNSANDBOXED = $(if $(SAN)$(NO_SANDBOX),common/worker/sandbox/sandbox.c)
UNIT_NAMES  = $(filter-out $(if $(SAN),sandbox%),$(patsubst tests/unit/test_%.c,%,$(sort $(wildcard tests/unit/test_*.c))))
FUZZ_NAMES  = $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
UNIT_TESTS  = $(UNIT_NAMES:%=$(B)/tests/unit/test_%)
REPLAYS     = $(FUZZ_NAMES:%=$(B)/tests/fuzz/replay_%)
space_with = $(firstword $(foreach s,$(SPACES),$(if $(wildcard $(addsuffix /$(1).c,$($(s)))),$(s))))
# Drop the last word of the name until a source has it.
shorter    = $(subst $(eval ) ,_,$(wordlist 2,$(words $(subst _, ,$(1))),x $(subst _, ,$(1))))
space_of   = $(or $(call space_with,$(1)),$(if $(findstring _,$(1)),$(call space_of,$(call shorter,$(1)))))
part_objs  = $(if $(filter-out BASE,$(1)),$(patsubst %.c,$(B)/%.o,$(filter-out $(MAINS) $(UNSANDBOXED),$(call sources,$($(1)))) \
                 $(if $(and $(SAN)$(NO_SANDBOX),$(filter WORKER,$(1))),$(B)/tests/unit/no_sandbox.o)))
libs_WORKER  = $(WORKER_LIBS)
libs_KEYRING = $(KEYRING_LIBS)
libs_MODULE  = -lpam
libs_CLI     = $(CLI_LIBS)
libs_ = -lpam # test_unload tests no module

# $(call test_rule,program,objects,name of the module,flags)
define test_rule
$(B)/tests/$(1): $(2) $$(call part_objs,$$(call space_of,$(3))) $(B)/libsfbase.a
	$$(CC) $$(ALL_CFLAGS) -pie $$(ALL_LDFLAGS) -o $$@ $$^ $(4) $$(libs_$$(call space_of,$(3)))
endef
# Calls that these tests let fail.
unit_link_config_nomem = -Wl,--wrap=calloc,--wrap=strdup,--wrap=reallocarray
unit_link_handoff_trouble = -Wl,--wrap=close,--wrap=linkat,--wrap=readdir,--wrap=sf_text_random_hex
$(foreach n,$(UNIT_NAMES),$(eval $(call test_rule,unit/test_$(n),$(B)/tests/unit/test_$(n).o,$(n),-lcmocka $(unit_link_$(n)))))
# fuzz_flow replaces the network.
fuzz_link_flow = -Wl,--wrap=sf_http_run
$(foreach n,$(FUZZ_NAMES),$(eval $(call test_rule,fuzz/replay_$(n),$(B)/tests/fuzz/replay.o $(B)/tests/fuzz/fuzz_$(n).o,$(n),$(fuzz_link_$(n)))))
$(foreach n,$(FUZZ_NAMES),$(eval $(call test_rule,fuzz/fuzz_$(n),$(B)/tests/fuzz/fuzz_$(n).o,$(n),-fsanitize=fuzzer $(fuzz_link_$(n)))))
# These tests load the module as it is built.
$(B)/tests/unit/test_pam_sfoauth $(B)/tests/unit/test_unload: | $(B)/pam_sfoauth.so
$(B)/tests/%.o: ALL_CPPFLAGS += $(call iquote,$(WORKER) $(MODULE) $(CLI))
$(B)/tests/unit/test_keyring_%.o: ALL_CPPFLAGS += $(call iquote,$(KEYRING)) $(KEYRING_CFLAGS)

# The module's side of a sign-in, for tests against hostile servers and workers.
$(B)/tests/e2e/signin: $(B)/tests/e2e/signin.o $(call part_objs,MODULE) $(B)/libsfbase.a
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -o $@ $^ -lpam

# Programs that the component tests start, besides those of the product.
HOST_OBJS = $(patsubst %,$(B)/tests/hosts/%.o,host login snapshot trait)
HOSTS = $(patsubst %,$(B)/tests/hosts/%,host worker failing.so)
$(B)/tests/hosts/host: $(HOST_OBJS)
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -o $@ $^ -lpam -lpthread
$(B)/tests/hosts/worker: $(B)/tests/hosts/worker.o $(B)/libsfbase.a
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -o $@ $^
$(B)/tests/hosts/failing.so: $(B)/tests/hosts/failing.o
	$(CC) $(ALL_CFLAGS) -fvisibility=default -shared $(ALL_LDFLAGS) -o $@ $^

.PHONY: unit test-programs check check-all lint
# The keyring tests start sfoauth-keyring from the same build.
test-programs: $(UNIT_TESTS) $(REPLAYS) $(B)/sfoauth-keyring $(B)/tests/e2e/signin $(HOSTS)
unit: $(UNIT_TESTS)
	@tests/run -j $$(nproc) -t 60 $(UNIT_TESTS)

# Pass the user's -j on; without one, use all processors.
SUB = $(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$$(nproc))
GCC_BUILD  = B=$(B)/gcc CC=gcc WERROR=-Werror
ASAN_BUILD = B=$(B)/asan CC=clang WERROR=-Werror SAN='$(SANITIZERS)'
TSAN_BUILD = B=$(B)/tsan CC=clang SAN=-fsanitize=thread
REPLAY_ARGS = $(foreach n,$(FUZZ_NAMES),'$(B)/$(1)/tests/fuzz/replay_$(n) tests/fuzz/corpus/$(n)')
# Two makes in one tree would write the same files at the same time, so the second waits for the first.
check: ## unit tests (gcc; clang with sanitizers), fuzz corpus, component tests
	@$(SUB) deps GROUPS="build test"
	@mkdir -p $(B) && flock $(B) $(SUB) check-builds
	@SF_STAGE=$(abspath $(B))/gcc/stage tests/demo/rooted.sh tests/run $(RUN_FLAGS) \
	    -j $$(nproc) -t 60 -l gcc $(UNIT_NAMES:%=$(B)/gcc/tests/unit/test_%) $(call REPLAY_ARGS,gcc) \
	    -l asan $(patsubst %,$(B)/asan/tests/unit/test_%,$(filter-out sandbox%,$(UNIT_NAMES))) $(call REPLAY_ARGS,asan) \
	    -l mutants tests/mutants/test_changes.py -l lint $(wildcard tests/lint/test_*.sh) \
	    -j 4 -t 300 -l fake $(wildcard tests/fake/test_*.sh) -l e2e $(sort $(wildcard tests/e2e/[0-9]*-*.sh))
.PHONY: check-builds quick twice
check-builds:
	@$(SUB) -s $(GCC_BUILD) all test-programs
	@$(SUB) -s $(GCC_BUILD) stage
	@$(SUB) -s $(ASAN_BUILD) test-programs
	@$(SUB) -s $(TSAN_BUILD) $(B)/tsan/pam_sfoauth.so $(B)/tsan/tests/hosts/host
	-@env -u MAKEFLAGS tests/git/build.sh build/git
# For the person who edits: under a minute if most is built already.
QUICK = 10-first-login 12-nobody 20-keyring 21-git-protocol 22-command 50-git-helper
quick: ## unit tests and six component tests, under a minute, while you edit
	@$(SUB) deps GROUPS="build test"
	@mkdir -p $(B) && flock $(B) $(SUB) -s $(GCC_BUILD) test-programs stage
	@SF_STAGE=$(abspath $(B))/gcc/stage tests/demo/rooted.sh tests/run $(RUN_FLAGS) \
	    -j $$(nproc) -t 60 -l gcc $(UNIT_NAMES:%=$(B)/gcc/tests/unit/test_%) -l mutants tests/mutants/test_changes.py \
	    -j 6 -t 300 -l e2e $(QUICK:%=tests/e2e/%.sh)

# Two runs at once must not disturb each other or a real sign-in of root: run what uses kernel keyrings twice.
TWICE = 20-keyring 24-keyring-trouble 27-host-keys 36-neighbours 41-store-trouble 42-second-sign-in 55-git-keys
twice: ## component tests that use keyrings, two runs at once; TWICE="NAME..." others
	@$(SUB) deps GROUPS="build test"
	@mkdir -p $(B) && flock $(B) $(SUB) -s $(GCC_BUILD) test-programs stage
	@SF_STAGE=$(abspath $(B))/gcc/stage tests/twice.sh \
	    $(patsubst %,$(B)/gcc/tests/unit/test_%,kernel_token kernel_token_quota session store_pending) $(TWICE:%=tests/e2e/%.sh)

# Tests that need npm or a system booted in a container. Does not repeat check.
check-all: ## other people's clients, and systems booted in a container
	@$(SUB) deps GROUPS="build test system"
	@$(SUB) -s $(GCC_BUILD) stage
	@SF_STAGE=$(abspath $(B))/gcc/stage tests/run $(RUN_FLAGS) -j 1 -t 300 \
	    -l keyrings tests/keyrings/keyrings.sh -l foreign $(filter-out %/packages.sh,$(wildcard tests/foreign/*.sh)) -l system $(sort $(wildcard tests/system/[0-9]*-*.sh))

lint: ## formatting, layers, exports, analyzers, manuals
	@$(SUB) deps GROUPS="build lint"
	@$(SUB) -s B=$(B)/lint all
	@B=$(B)/lint tests/lint/run.sh

# ---- Longer runs, by hand

FUZZ_SECONDS ?= 60
LOGINS ?= 10000
.PHONY: fuzz fuzz-programs fuzz-corpus coverage valgrind hostile mutants crashes crowd siege soak bench short demo picture
fuzz-programs: $(FUZZ_NAMES:%=$(B)/tests/fuzz/fuzz_%)
FUZZ_BUILD = B=$(B)/fuzz CC=clang SAN='-fsanitize=fuzzer-no-link $(SANITIZERS)'
fuzz: ## every fuzz target for FUZZ_SECONDS=60
	@$(SUB) deps GROUPS="build test"
	@$(SUB) -s $(FUZZ_BUILD) fuzz-programs
	@set -e; for name in $(FUZZ_NAMES); do echo "# fuzz_$$name, $(FUZZ_SECONDS) s"; mkdir -p $(B)/fuzz/new/$$name; \
	    $(B)/fuzz/tests/fuzz/fuzz_$$name -max_total_time=$(FUZZ_SECONDS) -verbosity=0 -print_final_stats=1 \
	        -artifact_prefix=$(B)/fuzz/$$name- $(B)/fuzz/new/$$name tests/fuzz/corpus/$$name; done
# Add what the last make fuzz found, if it reaches code that the corpus does not.
fuzz-corpus:
	@$(SUB) deps GROUPS="build test"
	@$(SUB) -s $(FUZZ_BUILD) fuzz-programs
	@set -e; for name in $(FUZZ_NAMES); do mkdir -p $(B)/fuzz/new/$$name; $(B)/fuzz/tests/fuzz/fuzz_$$name -merge=1 -use_counters=0 -max_len=6000 \
	    tests/fuzz/corpus/$$name $(B)/fuzz/new/$$name; done
COVERAGE_BUILD = B=$(B)/coverage CC=clang CFLAGS='-O1 -g' SAN='-fprofile-instr-generate -fcoverage-mapping'
coverage: ## how much of each parser the fuzz corpus reaches; below 95 % it fails
	@$(SUB) deps GROUPS="build test coverage"
	@$(SUB) -s $(COVERAGE_BUILD) $(FUZZ_NAMES:%=$(B)/coverage/tests/fuzz/replay_%)
	@B=$(B)/coverage tests/fuzz/coverage.sh
# Without sanitizers, but also without the sandbox, because valgrind makes system calls that it forbids.
# Without the tests that start programs: valgrind 3.19 has no pidfd_open(2), and changes the limits and
# descriptors that they check.
VALGRIND_BUILD = B=$(B)/valgrind CC=gcc CFLAGS='-O1 -g' NO_SANDBOX=1
VALGRIND_NAMES = $(filter-out sandbox% spawn spawn_child,$(UNIT_NAMES))
VALGRIND = $$(command -v valgrind) --quiet --error-exitcode=99 --leak-check=full --suppressions=tests/unit/valgrind.supp
valgrind: ## unit tests of module, worker and base under memcheck
	@$(SUB) deps GROUPS="build test valgrind"
	@$(SUB) -s $(VALGRIND_BUILD) $(VALGRIND_NAMES:%=$(B)/valgrind/tests/unit/test_%) $(B)/valgrind/sfoauth-keyring
	@tests/run $(RUN_FLAGS) -j $$(nproc) -t 600 -l valgrind \
	    $(foreach n,$(VALGRIND_NAMES),"$(VALGRIND) $(B)/valgrind/tests/unit/test_$(n)")
hostile: ## CASES=5000 hostile responses (SEED=1; ONLY=N repeats one) to worker and module
	@$(SUB) deps GROUPS="build test"
	@$(SUB) -s $(GCC_BUILD) stage $(B)/gcc/tests/e2e/signin
	@CASES=$(or $(CASES),5000) SEED=$(or $(SEED),1) ONLY=$(ONLY) SF_STAGE=$(abspath $(B))/gcc/stage \
	    tests/e2e/30-hostile-server.sh
mutants: ## sabotage one rule, then one token, at a time; a test must notice (GENERATED=N tokens)
	@$(SUB) deps GROUPS="build test"
	@B=$(B)/mutants tests/run $(RUN_FLAGS) -t 7200 -v -l mutants tests/mutants/run.sh tests/mutants/generated.py
# Takes hours with CASES=all. A number is the cases for each program of each scene.
CRASH_CASES = $(or $(CASES),all)
crashes: ## kill -9 at every system call, fail every allocation and call; CASES=50 is shorter
	@$(SUB) deps GROUPS="build test"
	@$(SUB) -s $(GCC_BUILD) stage
	@SF_STAGE=$(abspath $(B))/gcc/stage tests/run -t 86400 -v -l e2e \
	    'tests/e2e/35-crashes.sh $(CRASH_CASES)' 'tests/e2e/34-faults.sh $(CRASH_CASES)'
crowd: ## a hundred programs renew one sign-in at once; CROWD=30 is fewer
	@$(SUB) deps GROUPS="build test"
	@$(SUB) -s $(GCC_BUILD) stage
	@SF_STAGE=$(abspath $(B))/gcc/stage tests/run -t 600 -v -l e2e 'tests/e2e/40-one-refresh.sh $(or $(CROWD),100)'
siege: ## for minutes: floods, a stop attack, nine o'clock, hosts of PAM; Debian 12, 13
	@$(SUB) deps GROUPS="build test system"
	@$(SUB) -s $(GCC_BUILD) stage
	@tests/system/root.sh siege bookworm >/dev/null && tests/system/root.sh siege trixie >/dev/null
	@SF_STAGE=$(abspath $(B))/gcc/stage tests/run $(RUN_FLAGS) -v -t 1800 -j 4 $(foreach suite,bookworm trixie, -l $(suite) \
	    $(foreach run,$(addprefix siege/10-flood.sh:,five five:dropin one) siege/20-stop.sh siege/30-cockpit.sh e2e/38-client-gone.sh e2e/43-nine-o-clock.sh, \
	    'tests/siege/on.sh $(suite) tests/$(subst :, ,$(run))') \
	    'tests/siege/50-hosts.sh $(suite)')
soak: ## LOGINS=10000 logins through one long-lived host: nothing grows
	@$(SUB) deps GROUPS="build test"
	@$(SUB) -s $(GCC_BUILD) stage test-programs
	@SF_STAGE=$(abspath $(B))/gcc/stage tests/run -t 36000 -v 'tests/e2e/32-hostile-host.sh $(LOGINS)'
bench: ## measure, as ratios, into build/bench.md
	@$(SUB) deps GROUPS="build test bench"
	@$(SUB) -s B=$(B)/gcc CC=gcc stage
	@SF_STAGE=$(abspath $(B))/gcc/stage tests/bench/run.sh $(abspath $(B))/bench.md
# The longer runs in short: do they work, and find nothing soon? The limits of the bench are not enforced.
short: ## mutants, fuzzing and bench for a minute or two, as CI does
	@$(SUB) deps GROUPS="build test"
	@$(SUB) -s $(FUZZ_BUILD) fuzz-programs
	@$(SUB) -s $(GCC_BUILD) stage
	@B=$(B)/mutants SHORT=1 SF_STAGE=$(abspath $(B))/gcc/stage tests/run $(RUN_FLAGS) \
	    -t 600 -l mutants tests/mutants/run.sh tests/mutants/generated.py \
	    -j $$(nproc) -t 60 -l fuzz $(foreach n,$(FUZZ_NAMES),'tests/fuzz/short.sh $(B)/fuzz/tests/fuzz/fuzz_$(n)') \
	    -j 1 -t 300 -l bench 'tests/bench/run.sh $(abspath $(B))/bench-short.md short'
demo: ## a login over a real sshd against a stand-in for Salesforce, then git
	@$(SUB) deps GROUPS="build demo"
	@$(SUB) -s B=$(B)/demo stage
	@SF_STAGE=$(abspath $(B))/demo/stage tests/demo/demo.sh
# README's picture of a login is recorded from a real one; make check compares the two.
picture: ## record the login that README shows
	@$(SUB) deps GROUPS="build demo test"
	@$(SUB) -s $(GCC_BUILD) stage
	@SF_STAGE=$(abspath $(B))/gcc/stage tests/e2e/59-picture.sh --write

.PHONY: help clean
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile
clean: ## remove build/
	rm -rf $(B)

-include $(shell find $(B) \( -path '*/roots' -o -path '*/fresh' \) -prune -o -type f -name '*.d' -print 2>/dev/null)
