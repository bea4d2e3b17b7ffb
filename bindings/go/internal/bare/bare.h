/* bare.h: an echo on a C thread, and nothing else: what any bridge between Go and C has to pay. */
#ifndef WEIRGO_BARE_H
#define WEIRGO_BARE_H

#include <stddef.h>
#include <stdint.h>

typedef struct bare bare;

bare *bare_start(void);
void bare_stop(bare *b);
void bare_send(bare *b, uint32_t place, const uint8_t *data, size_t length);

#endif
