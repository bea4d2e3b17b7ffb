/* bare.c: a mutex, a condition and a list; the answer is a callback into Go for each message. */
#include "bare.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "_cgo_export.h"

typedef struct message {
    struct message *next;
    uint32_t place;
    size_t length;
    uint8_t data[];
} message;

struct bare {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    message *first;
    message **last;
    int stop;
};

static void *run(void *argument) {
    bare *b = argument;
    pthread_mutex_lock(&b->lock);
    while (!b->stop || b->first != NULL) {
        if (b->first == NULL) {
            pthread_cond_wait(&b->filled, &b->lock);
            continue;
        }
        message *m = b->first;
        b->first = NULL;
        b->last = &b->first;
        pthread_mutex_unlock(&b->lock);
        while (m != NULL) {
            message *next = m->next;
            bareAnswer(m->place, m->data, m->length);
            free(m);
            m = next;
        }
        pthread_mutex_lock(&b->lock);
    }
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

bare *bare_start(void) {
    bare *b = calloc(1, sizeof *b);
    b->last = &b->first;
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->filled, NULL);
    pthread_create(&b->thread, NULL, run, b);
    return b;
}

void bare_stop(bare *b) {
    pthread_mutex_lock(&b->lock);
    b->stop = 1;
    pthread_cond_signal(&b->filled);
    pthread_mutex_unlock(&b->lock);
    pthread_join(b->thread, NULL);
    free(b);
}

void bare_send(bare *b, uint32_t place, const uint8_t *data, size_t length) {
    message *m = malloc(sizeof *m + length);
    m->next = NULL;
    m->place = place;
    m->length = length;
    memcpy(m->data, data, length);
    pthread_mutex_lock(&b->lock);
    int wake = b->first == NULL;
    *b->last = m;
    b->last = &m->next;
    pthread_mutex_unlock(&b->lock);
    if (wake) {
        pthread_cond_signal(&b->filled);
    }
}
