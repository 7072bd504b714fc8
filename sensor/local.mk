# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libsensor.a
libsensor_a_SOURCES = \
	sensor/alert_modes.def sensor/cmdline.c sensor/cmdline.def \
	sensor/cmdline.h sensor/cmdline_apply.c \
	sensor/account.c sensor/account.h \
	sensor/bypass.c sensor/bypass.h \
	sensor/applier.h \
	sensor/config.c sensor/config.def sensor/config.h \
	sensor/config_app.c sensor/config_ssh.c sensor/config_ssl.c \
	sensor/config_block.c sensor/block_map.c \
	sensor/block_want.c sensor/block_want.h \
	sensor/config_bo.c sensor/config_reputation.c \
	sensor/config_dcerpc2.c \
	sensor/config_dnp3.c sensor/config_gtp.c \
	sensor/config_ftp.c sensor/config_mail.c sensor/config_modbus.c \
	sensor/config_rpc.c sensor/config_sip.c \
	sensor/config_app.c sensor/config_ssl.c \
	sensor/config_app.c sensor/config_dns.c sensor/config_ssl.c \
	sensor/config_file.c \
	sensor/config_frag3.c sensor/config_policy.c \
	sensor/config_frag3.c sensor/config_http.c sensor/config_policy.c \
	sensor/config_inline.c sensor/config_normalize.c sensor/config_sd.c \
	sensor/config_stream5.c \
	sensor/config_watch.c \
	sensor/preprocessors.def \
	sensor/block_cmd.c sensor/block_cmd.h \
	sensor/blocker.c sensor/blocker.h \
	sensor/block_text.c sensor/block_text.h \
	sensor/control.c sensor/control.h \
	sensor/counters.c sensor/counters.h \
	sensor/daemon.c sensor/daemon.h \
	sensor/generation.c sensor/generation.h \
	sensor/ends.c sensor/ends.h \
	sensor/sticky.c sensor/sticky.h \
	sensor/enforce.c sensor/enforce.h \
	sensor/switcher.c sensor/switcher.h \
	sensor/fallback.c sensor/fallback.h \
	sensor/inspect.c sensor/inspect.h \
	sensor/tell.c sensor/tell.h \
	sensor/lists.c sensor/lists.h \
	sensor/outset.c sensor/outset.h \
	sensor/progress.c sensor/progress.h \
	sensor/record.c sensor/record.h \
	sensor/reload.c sensor/reload.h \
	sensor/run.c sensor/run.h sensor/run_open.c sensor/run_open.h \
	sensor/say.c sensor/say.h \
	sensor/settings.c sensor/settings.h \
	sensor/respond/apart.c sensor/respond/apart.h \
	sensor/respond/bait.c sensor/respond/bait.h \
	sensor/respond/bait_table.c sensor/respond/bait_table.h \
	sensor/respond/block.c sensor/respond/block.h \
	sensor/respond/block_int.h sensor/respond/block_kernel.c \
	sensor/respond/block_never.c sensor/respond/block_never.h \
	sensor/respond/block_state.c sensor/respond/block_table.c \
	sensor/respond/firewall.c sensor/respond/firewall.h \
	sensor/respond/firewall_run.c sensor/respond/firewall_run.h \
	sensor/respond/firewall_block.c sensor/respond/firewall_block.h \
	sensor/respond/kset.c sensor/respond/kset.h \
	sensor/respond/hands.c sensor/respond/hands.h \
	sensor/respond/helper.c sensor/respond/helper.h \
	sensor/respond/helper_check.c sensor/respond/helper_jobs.c \
	sensor/respond/hands_ring.h \
	sensor/respond/plain.c sensor/respond/plain.h \
	sensor/respond/conntrack.c sensor/respond/conntrack.h \
	sensor/setup.c sensor/setup.h \
	sensor/signals.c sensor/signals.h \
	sensor/verdict.c sensor/verdict.h \
	sensor/stats.c sensor/stats.h \
	sensor/watchdog.c sensor/watchdog.h \
	sensor/workers.c sensor/workers.h \
	sensor/respond/reject.c sensor/respond/reject.h \
	sensor/respond/replace.c sensor/respond/replace.h \
	sensor/respond/sender.c sensor/respond/sender.h \
	sensor/capture/capture.h \
	sensor/capture/nfqueue.c sensor/capture/nfqueue.h \
	sensor/capture/nfqueue_msg.c sensor/capture/nfqueue_msg.h \
	sensor/capture/nfqueue_state.c \
	sensor/capture/dump.c sensor/capture/dump.h \
	sensor/capture/links.c sensor/capture/links.h \
	sensor/capture/pcap_file.c \
	sensor/capture/pcap_list.c sensor/capture/pcap_list.h \
	sensor/capture/pcap_live.c
bin_PROGRAMS += aduana
aduana_SOURCES = sensor/main.c
aduana_LDADD = $(ADUANA_LIBS) $(SYSTEM_LIBS)
dist_man_MANS += sensor/aduana.8 sensor/aduana.conf.5
EXTRA_DIST += sensor/NOTES
