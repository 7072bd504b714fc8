# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += librules.a
librules_a_SOURCES = rules/conf.c rules/general.c rules/ipset.c rules/list.c \
	rules/parse.h rules/portset.c rules/print.c rules/rule.c \
	rules/source.c rules/state.c rules/table.c rules/table.h \
	rules/tree.h rules/vars.c
EXTRA_DIST += rules/NOTES
dist_man_MANS += rules/aduana.rules.5

confdir = $(sysconfdir)/aduana
dist_conf_DATA = rules/classification.config rules/reference.config \
	rules/decoder.rules rules/demo.rules rules/demo.conf \
	rules/gen-msg.map rules/sid-msg.map
# the administrator's own: installed where there is none yet, and taken away
# only as long as they are what was installed
conf_own = rules/aduana.conf rules/local.rules
EXTRA_DIST += $(conf_own)

install-data-local: install-conf-own
install-conf-own:
	$(MKDIR_P) '$(DESTDIR)$(confdir)'
	for f in $(conf_own); do \
		to="$(DESTDIR)$(confdir)/$${f##*/}"; \
		test -e "$$to" || \
		    $(INSTALL_DATA) "$(srcdir)/$$f" "$$to" || exit 1; \
	done

uninstall-local: uninstall-conf-own
uninstall-conf-own:
	for f in $(conf_own); do \
		to="$(DESTDIR)$(confdir)/$${f##*/}"; \
		if cmp -s "$(srcdir)/$$f" "$$to"; then rm -f "$$to"; fi; \
	done
.PHONY: install-conf-own uninstall-conf-own
