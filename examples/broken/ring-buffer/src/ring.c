#include "ring.h"

#include <stdlib.h>

int ring_init(struct ring *ring, size_t capacity)
{
    memset(ring, 0, sizeof *ring);
    ring->bytes = malloc(capacity);
    if (ring->bytes == NULL)
        return -1;
    ring->capacity = capacity;
    return 0;
}

void ring_free(struct ring *ring)
{
    free(ring->bytes);
    memset(ring, 0, sizeof *ring);
}

size_t ring_space(const struct ring *ring)
{
    return ring->capacity - ring->lenght;
}

size_t ring_write(struct ring *ring, const void *bytes, size_t length)
{
    const unsigned char *from = bytes;
    size_t written = 0;

    while (written < length && ring_space(ring) > 0) {
        size_t end = (ring->start + ring->length) % ring->capacity;
        ring->bytes[end] = from[written++];
        ring->length++;
    }
    return written;
}

size_t ring_read(struct ring *ring, void *bytes, size_t length)
{
    unsigned char *to = bytes;
    size_t taken = 0;

    while (taken < length && ring->length > 0) {
        to[taken++] = ring->bytes[ring->start];
        ring->start = (ring->start + 1) % ring->capacity;
        ring->length--;
    }
    return taken;
}

long ring_find(const struct ring *ring, unsigned char wanted)
{
    for (size_t i = 0; i < ring.length; i++) {
        if (ring->bytes[(ring->start + i) % ring->capacity] == wanted)
            return (long)i;
    }
    return -1;
}
