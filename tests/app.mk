# SPDX-License-Identifier: GPL-2.0-or-later
# Parsers of application protocols, each by itself and in a session.
check_LIBRARIES += librig.a
librig_a_SOURCES = tests/tools/app_rig.c tests/tools/app_rig.h
APP_TEST_LIBS = librig.a $(STREAM_TEST_LIBS)

check_PROGRAMS += tests/unit/test_app
tests_unit_test_app_SOURCES = tests/unit/test_app.c
tests_unit_test_app_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_app_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_dce
tests_unit_test_dce_SOURCES = tests/unit/test_dce.c
tests_unit_test_dce_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_dce_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_endless
tests_unit_test_endless_SOURCES = tests/unit/test_endless.c
tests_unit_test_endless_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_endless_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_every_parser
tests_unit_test_every_parser_SOURCES = tests/unit/test_every_parser.c
tests_unit_test_every_parser_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_every_parser_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_ftp
tests_unit_test_ftp_SOURCES = tests/unit/test_ftp.c
tests_unit_test_ftp_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_ftp_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_http
tests_unit_test_http_SOURCES = tests/unit/test_http.c
tests_unit_test_http_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_http_LDADD = $(APP_TEST_LIBS)

check_LIBRARIES += libh2make.a
libh2make_a_SOURCES = tests/tools/h2_make.c tests/tools/h2_make.h
check_PROGRAMS += tests/unit/test_hpack
tests_unit_test_hpack_SOURCES = tests/unit/test_hpack.c
tests_unit_test_hpack_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_hpack_LDADD = libh2make.a $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_http2
tests_unit_test_http2_SOURCES = tests/unit/test_http2.c
tests_unit_test_http2_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_http2_LDADD = libh2make.a $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_http_foreign
tests_unit_test_http_foreign_SOURCES = tests/unit/test_http_foreign.c
tests_unit_test_http_foreign_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_http_foreign_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_mail
tests_unit_test_mail_SOURCES = tests/unit/test_mail.c
tests_unit_test_mail_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_mail_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_rpc
tests_unit_test_rpc_SOURCES = tests/unit/test_rpc.c
tests_unit_test_rpc_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_rpc_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_scada
tests_unit_test_scada_SOURCES = tests/unit/test_scada.c
tests_unit_test_scada_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_scada_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_sip
tests_unit_test_sip_SOURCES = tests/unit/test_sip.c
tests_unit_test_sip_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_sip_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_dns
tests_unit_test_dns_SOURCES = tests/unit/test_dns.c
tests_unit_test_dns_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_dns_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_track_ends
tests_unit_test_track_ends_SOURCES = tests/unit/test_track_ends.c
tests_unit_test_track_ends_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_track_ends_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_ssh
tests_unit_test_ssh_SOURCES = tests/unit/test_ssh.c
tests_unit_test_ssh_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_ssh_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_tls
tests_unit_test_tls_SOURCES = tests/unit/test_tls.c
tests_unit_test_tls_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_tls_LDADD = $(APP_TEST_LIBS)

# A parser under a fuzzer; as a test it replays its corpus.
FUZZ_APP_LIBS = librig.a $(FUZZ_DRIVER) libdecoders.a libcore.a $(DECODER_LIBS)
check_PROGRAMS += tests/fuzz/fuzz_dns
tests_fuzz_fuzz_dns_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_dns_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_DNS
tests_fuzz_fuzz_dns_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_dns_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/dns/datagrams tests/fuzz/corpus/dns/stream
check_PROGRAMS += tests/fuzz/fuzz_tls
tests_fuzz_fuzz_tls_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_tls_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_TLS
tests_fuzz_fuzz_tls_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_tls_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/tls/full tests/fuzz/corpus/tls/handshake \
	tests/fuzz/corpus/tls/ssl2

check_PROGRAMS += tests/fuzz/fuzz_ssh
tests_fuzz_fuzz_ssh_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_ssh_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_SSH
tests_fuzz_fuzz_ssh_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_ssh_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/ssh/session tests/fuzz/corpus/ssh/version1

check_PROGRAMS += tests/fuzz/fuzz_modbus
tests_fuzz_fuzz_modbus_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_modbus_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_MODBUS
tests_fuzz_fuzz_modbus_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_modbus_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/modbus/messages

check_PROGRAMS += tests/fuzz/fuzz_rpc
tests_fuzz_fuzz_rpc_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_rpc_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_RPC
tests_fuzz_fuzz_rpc_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_rpc_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/rpc/broken tests/fuzz/corpus/rpc/calls

check_PROGRAMS += tests/fuzz/fuzz_sip
tests_fuzz_fuzz_sip_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_sip_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_SIP
tests_fuzz_fuzz_sip_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_sip_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/sip/call tests/fuzz/corpus/sip/stream

check_PROGRAMS += tests/fuzz/fuzz_dnp3
tests_fuzz_fuzz_dnp3_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_dnp3_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_DNP3
tests_fuzz_fuzz_dnp3_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_dnp3_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/dnp3/messages

check_PROGRAMS += tests/fuzz/fuzz_gtp
tests_fuzz_fuzz_gtp_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_gtp_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_GTP
tests_fuzz_fuzz_gtp_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_gtp_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/gtp/messages

check_PROGRAMS += tests/fuzz/fuzz_http
tests_fuzz_fuzz_http_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_http_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_HTTP
tests_fuzz_fuzz_http_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_http_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/http/pipeline tests/fuzz/corpus/http/chunks \
	tests/fuzz/corpus/http/gap tests/fuzz/corpus/http/junk \
	tests/fuzz/corpus/http/foreign tests/fuzz/corpus/http/server \
	tests/fuzz/corpus/http/late

# HTTP/2 is HTTP's parser, too: from its preface on.
check_PROGRAMS += tests/fuzz/fuzz_http2
tests_fuzz_fuzz_http2_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_http2_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_HTTP
tests_fuzz_fuzz_http2_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_http2_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/http2/streams tests/fuzz/corpus/http2/upgrade \
	tests/fuzz/corpus/http2/gap tests/fuzz/corpus/http2/blocks

check_PROGRAMS += tests/fuzz/fuzz_hpack
tests_fuzz_fuzz_hpack_SOURCES = tests/fuzz/fuzz_hpack.c
tests_fuzz_fuzz_hpack_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_hpack_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/hpack/requests

check_PROGRAMS += tests/fuzz/fuzz_ftp
tests_fuzz_fuzz_ftp_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_ftp_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_FTP
tests_fuzz_fuzz_ftp_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_ftp_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/ftp/session

check_PROGRAMS += tests/fuzz/fuzz_telnet
tests_fuzz_fuzz_telnet_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_telnet_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_TELNET
tests_fuzz_fuzz_telnet_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_telnet_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/telnet/session

check_PROGRAMS += tests/fuzz/fuzz_dce
tests_fuzz_fuzz_dce_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_dce_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_DCE
tests_fuzz_fuzz_dce_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_dce_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/dce/banner
EXTRA_DIST += tests/fuzz/corpus/dce/calls
EXTRA_DIST += tests/fuzz/corpus/dce/fragments

check_PROGRAMS += tests/fuzz/fuzz_dce_udp
tests_fuzz_fuzz_dce_udp_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_dce_udp_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_DCE_UDP
tests_fuzz_fuzz_dce_udp_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_dce_udp_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/dce_udp/call

check_PROGRAMS += tests/fuzz/fuzz_smb
tests_fuzz_fuzz_smb_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_smb_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_SMB
tests_fuzz_fuzz_smb_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_smb_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/smb/pipe
EXTRA_DIST += tests/fuzz/corpus/smb/smb1

# Bodies and files, for all of them.
check_PROGRAMS += tests/unit/test_body
tests_unit_test_body_SOURCES = tests/unit/test_body.c
tests_unit_test_body_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_body_LDADD = libdecoders.a libcore.a $(UNIT_LIBS) \
	$(DECODER_LIBS) -lbrotlienc

check_PROGRAMS += tests/unit/test_mime
tests_unit_test_mime_SOURCES = tests/unit/test_mime.c
tests_unit_test_mime_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_mime_LDADD = libdecoders.a libcore.a $(UNIT_LIBS) \
	$(DECODER_LIBS)

check_PROGRAMS += tests/fuzz/fuzz_smtp
tests_fuzz_fuzz_smtp_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_smtp_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_SMTP
tests_fuzz_fuzz_smtp_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_smtp_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/smtp/session

check_PROGRAMS += tests/fuzz/fuzz_pop3
tests_fuzz_fuzz_pop3_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_pop3_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_POP3
tests_fuzz_fuzz_pop3_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_pop3_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/pop3/session

check_PROGRAMS += tests/fuzz/fuzz_imap
tests_fuzz_fuzz_imap_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_imap_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_IMAP
tests_fuzz_fuzz_imap_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_imap_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/imap/session
check_PROGRAMS += tests/unit/test_utf
tests_unit_test_utf_SOURCES = tests/unit/test_utf.c tests/unit/feed_help.h
tests_unit_test_utf_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_utf_LDADD = libdecoders.a libcore.a $(UNIT_LIBS) \
	$(DECODER_LIBS)

check_PROGRAMS += tests/unit/test_js
tests_unit_test_js_SOURCES = tests/unit/test_js.c tests/unit/feed_help.h
tests_unit_test_js_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_js_LDADD = libdecoders.a libcore.a $(UNIT_LIBS) \
	$(DECODER_LIBS)

check_PROGRAMS += tests/unit/test_unpack
tests_unit_test_unpack_SOURCES = tests/unit/test_unpack.c \
	tests/unit/feed_help.h
tests_unit_test_unpack_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_unpack_LDADD = libdecoders.a libcore.a $(UNIT_LIBS) \
	$(DECODER_LIBS)

check_PROGRAMS += tests/unit/test_file
tests_unit_test_file_SOURCES = tests/unit/test_file.c
tests_unit_test_file_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_file_LDADD = $(APP_TEST_LIBS)

# Decoders under a fuzzer: the same whole and in pieces.
FUZZ_FEED_LIBS = $(FUZZ_DRIVER) libdecoders.a libcore.a $(DECODER_LIBS)
check_PROGRAMS += tests/fuzz/fuzz_body
tests_fuzz_fuzz_body_SOURCES = tests/fuzz/fuzz_feed.c
tests_fuzz_fuzz_body_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FEED=body
tests_fuzz_fuzz_body_LDADD = $(FUZZ_FEED_LIBS)
EXTRA_tests_fuzz_fuzz_body_DEPENDENCIES = tests/fuzz/libonefile.a

check_PROGRAMS += tests/fuzz/fuzz_js
tests_fuzz_fuzz_js_SOURCES = tests/fuzz/fuzz_feed.c
tests_fuzz_fuzz_js_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FEED=js
tests_fuzz_fuzz_js_LDADD = $(FUZZ_FEED_LIBS)
EXTRA_tests_fuzz_fuzz_js_DEPENDENCIES = tests/fuzz/libonefile.a

check_PROGRAMS += tests/fuzz/fuzz_unpack
tests_fuzz_fuzz_unpack_SOURCES = tests/fuzz/fuzz_feed.c
tests_fuzz_fuzz_unpack_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FEED=unpack
tests_fuzz_fuzz_unpack_LDADD = $(FUZZ_FEED_LIBS)
EXTRA_tests_fuzz_fuzz_unpack_DEPENDENCIES = tests/fuzz/libonefile.a

check_PROGRAMS += tests/fuzz/fuzz_utf
tests_fuzz_fuzz_utf_SOURCES = tests/fuzz/fuzz_feed.c
tests_fuzz_fuzz_utf_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FEED=utf
tests_fuzz_fuzz_utf_LDADD = $(FUZZ_FEED_LIBS)
EXTRA_tests_fuzz_fuzz_utf_DEPENDENCIES = tests/fuzz/libonefile.a

check_PROGRAMS += tests/fuzz/fuzz_mime
tests_fuzz_fuzz_mime_SOURCES = tests/fuzz/fuzz_mime.c
tests_fuzz_fuzz_mime_LDADD = $(FUZZ_FEED_LIBS)
EXTRA_tests_fuzz_fuzz_mime_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/body/gzip \
	tests/fuzz/corpus/body/layers \
	tests/fuzz/corpus/body/brotli \
	tests/fuzz/corpus/js/calls \
	tests/fuzz/corpus/mime/parts \
	tests/fuzz/corpus/unpack/pdf \
	tests/fuzz/corpus/unpack/swf \
	tests/fuzz/corpus/utf/mark
