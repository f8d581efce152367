#ifndef RING_H
#define RING_H

#include <stddef.h>

/* A queue of bytes of fixed size: what does not fit is refused, never overwritten. */
struct ring {
    unsigned char *bytes;
    size_t capacity;
    size_t start;
    size_t length;
};

int ring_init(struct ring *ring, size_t capacity);
void ring_free(struct ring *ring);
size_t ring_space(const struct ring *ring);
size_t ring_write(struct ring *ring, const void *bytes, size_t length);
size_t ring_read(struct ring *ring, void *bytes, size_t length);
long ring_find(const struct ring *ring, unsigned char wanted);

#endif
