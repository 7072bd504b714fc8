/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers to the wire. Towards an end whose link address is known they leave as
 * Ethernet frames by the port it sits behind, for a bridge without addresses
 * routes nothing; else the kernel routes them.
 */
#ifndef SENSOR_RESPOND_SENDER_H
#define SENSOR_RESPOND_SENDER_H

#include "core/base.h"
#include "sensor/respond/reject.h"

struct sender;

/* What needs privileges is opened here. NULL with a message in err. */
NODISCARD struct sender *sender_open(char *err, size_t err_len);
/*
 * Answers to packets that have an Ethernet header leave by the device, behind
 * that header (turned round towards the source); to mac, unless NULL, in place
 * of the address there. "": as without. false with a message in err.
 */
NODISCARD bool sender_use_device(struct sender *s, const char *device,
    const uint8_t mac[6], char *err, size_t err_len);
void sender_close(struct sender *s);
/* s may be NULL: then nothing is sent. */
struct reject_sender sender_net(struct sender *s);

/* An Ethernet header turned round. */
void sender_swap(uint8_t *eth);

#endif
