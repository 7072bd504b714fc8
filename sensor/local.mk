# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libsensor.a
libsensor_a_SOURCES = \
	sensor/inspect.c sensor/inspect.h \
	sensor/record.c sensor/record.h
bin_PROGRAMS += aduana
aduana_SOURCES = sensor/main.c
aduana_LDADD = $(ADUANA_LIBS) $(SYSTEM_LIBS)
