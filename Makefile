# The only build file. Outputs go to $(B); DESTDIR is honoured; the user's CFLAGS come last.
# `make help` lists the targets.

PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec
MANDIR     ?= $(PREFIX)/share/man
SYSCONFDIR ?= /etc
MULTIARCH  := $(shell $(CC) -print-multiarch 2>/dev/null)
PAMDIR     ?= /usr/lib/$(if $(MULTIARCH),$(MULTIARCH)/)security
SYSUSERSDIR ?= /usr/lib/sysusers.d
TMPFILESDIR ?= /usr/lib/tmpfiles.d

B      ?= build
CC     ?= cc
CFLAGS ?= -O2 -g
SAN    ?=
WERROR ?=

cc-option = $(shell $(CC) -Werror $(1) -c -x c -o /dev/null /dev/null 2>/dev/null && echo $(1))

WARN  := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wformat=2 -Wstrict-prototypes \
         -Wmissing-prototypes -Wvla -Wundef -Wwrite-strings $(call cc-option,-Wlogical-op) $(WERROR)
HARD  := -fstack-protector-strong -fPIC -fvisibility=hidden -fno-strict-overflow \
         $(call cc-option,-fstack-clash-protection) $(call cc-option,-fcf-protection) \
         $(call cc-option,-ftrivial-auto-var-init=zero)
ifeq ($(SAN),)
HARD  += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
endif
PATHS := -DSF_BINDIR='"$(BINDIR)"' -DSF_LIBEXECDIR='"$(LIBEXECDIR)/sfoauth"'
ALL_CPPFLAGS = -D_GNU_SOURCE -Icommon/base $(PATHS) $(CPPFLAGS)
ALL_CFLAGS   = -std=gnu17 $(WARN) $(HARD) -ffile-prefix-map=$(CURDIR)/= $(SAN) $(CFLAGS)
LINK_HARD    = -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--no-undefined,--as-needed
ALL_LDFLAGS  = $(if $(SAN),-Wl$(comma)--as-needed $(SAN),$(LINK_HARD)) $(LDFLAGS)
comma := ,

pkg = $(shell pkg-config $(1) $(2) 2>/dev/null)
CURL_LIBS    = $(call pkg,--libs,libcurl)
WORKER_LIBS  = $(CURL_LIBS) -lcjson -lssl -lcrypto -lseccomp
KEYRING_CFLAGS = $(call pkg,--cflags,libsecret-1)
KEYRING_LIBS = $(call pkg,--libs,libsecret-1)
CLI_LIBS     = -lcjson -lqrencode

# A new file needs no edit here.
objs = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard $(1)/*.c)))

PROGRAMS = $(B)/pam_sfoauth.so $(B)/sfoauth-worker $(B)/sfoauth-keyring $(B)/sfoauth-keep $(B)/git-credential-sfoauth $(B)/sfoauth

.PHONY: all
all: $(PROGRAMS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(B)/common/keyring/%.o: ALL_CPPFLAGS += $(KEYRING_CFLAGS)

$(B)/libsfbase.a: $(call objs,common/base)
	@rm -f $@
	$(AR) crsD $@ $^

$(B)/pam_sfoauth.so: $(call objs,pam_sfoauth/module) $(B)/libsfbase.a pam_sfoauth/module/module.map
	$(CC) $(ALL_CFLAGS) -shared $(ALL_LDFLAGS) -Wl,--version-script=pam_sfoauth/module/module.map \
	    -Wl,--gc-sections -o $@ $(filter %.o %.a,$^) -lpam
$(B)/sfoauth-worker: $(call objs,common/worker) $(B)/libsfbase.a
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -o $@ $^ $(WORKER_LIBS)
$(B)/sfoauth-keyring: $(call objs,common/keyring) $(B)/libsfbase.a
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -o $@ $^ $(KEYRING_LIBS)
$(B)/sfoauth-keep: $(call objs,pam_sfoauth/keep) $(B)/libsfbase.a
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -o $@ $^
$(B)/git-credential-sfoauth: $(call objs,credhelper/front) $(B)/libsfbase.a
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -o $@ $^
$(B)/sfoauth: $(call objs,credhelper/cli) $(B)/libsfbase.a
	$(CC) $(ALL_CFLAGS) -pie $(ALL_LDFLAGS) -o $@ $^ $(CLI_LIBS)

# Unit tests: tests/unit/test_X.c is linked with the folder that has X.c (its main left out) and the base.
FOLDERS = common/base common/worker common/keyring pam_sfoauth/module pam_sfoauth/keep credhelper/front credhelper/cli
MAINS   = common/worker/worker.c common/keyring/keyring.c pam_sfoauth/keep/keep.c \
          credhelper/front/git-credential-sfoauth.c credhelper/cli/sfoauth.c
UNIT_TESTS = $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
folder_of  = $(firstword $(foreach d,$(FOLDERS),$(if $(wildcard $(d)/$(1).c),$(d))))
part_objs  = $(filter-out $(B)/common/base/%.o,$(patsubst %.c,$(B)/%.o,$(sort $(filter-out $(MAINS),$(wildcard $(1)/*.c)))))
libs_common/worker  = $(WORKER_LIBS)
libs_common/keyring = $(KEYRING_LIBS)
libs_pam_sfoauth/module = -lpam
libs_credhelper/cli = $(CLI_LIBS)

define unit_rule
$(B)/tests/unit/test_$(1): $(B)/tests/unit/test_$(1).o $$(call part_objs,$$(call folder_of,$(1))) $(B)/libsfbase.a
	$$(CC) $$(ALL_CFLAGS) -pie $$(ALL_LDFLAGS) -o $$@ $$^ -lcmocka $$(libs_$$(call folder_of,$(1)))
endef
$(foreach t,$(patsubst tests/unit/test_%.c,%,$(wildcard tests/unit/test_*.c)),$(eval $(call unit_rule,$(t))))
$(B)/tests/%.o: ALL_CPPFLAGS += -Icommon/worker -Ipam_sfoauth/module -Icredhelper/cli

.PHONY: unit
unit: $(UNIT_TESTS)
	@for t in $(UNIT_TESTS); do echo "# $$t"; $$t || exit 1; done

.PHONY: clean
clean:
	rm -rf $(B)

-include $(shell find $(B) -name '*.d' 2>/dev/null)
