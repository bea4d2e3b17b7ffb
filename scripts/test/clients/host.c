/** host.c: opens a library by a generated header and calls it; exit code 3 when it does not fit. */
#include "shelf.h"

/** CBOR of { title: "Emma" }. */
static const char title[] = "\xa1\x65"
                            "title\x64"
                            "Emma";

static int use(weir_handle library, weir_error *error) {
    weir_handle pool = 0, context = 0;
    weir_queue_options queue_options = WEIR_QUEUE_OPTIONS_INIT;
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.delivery = WEIR_DELIVER_QUEUE;
    weir_record response;
    if (weir_queue_create(&queue_options, &options.queue, error) != WEIR_OK ||
        weir_pool_create(library, &options, &pool, error) != WEIR_OK ||
        weir_context_create(pool, NULL, &context, error) != WEIR_OK ||
        shelf_add(context, title, sizeof(title) - 1, 30000, &response, error) != WEIR_OK) {
        printf("%s\n", error->message);
        return 1;
    }
    /* The answer is CBOR of { count: 1 }. */
    const int sound = response.status == WEIR_OK && response.length == 8 &&
                      memcmp(response.data,
                             "\xa1\x65"
                             "count\x01",
                             8) == 0;
    printf("add: %s %s\n", weir_status_name(response.status), sound ? "1" : "?");
    weir_records_release(&response, 1);
    uint64_t id = 0;
    weir_record record;
    uint32_t count = 0;
    if (shelf_add_send(context, title, sizeof(title) - 1, 0, 7, &id, error) != WEIR_OK ||
        weir_queue_wait(options.queue, &record, 1, 30000, &count) != WEIR_OK || count != 1) {
        return 1;
    }
    printf("sent: %s %d\n", weir_status_name(record.status),
           record.id == id && record.user_data == 7);
    weir_records_release(&record, 1);
    return weir_pool_close_wait(pool, 0, NULL) == WEIR_OK && sound ? 0 : 1;
}

int main(int argc, char **argv) {
    weir_error error = WEIR_ERROR_INIT;
    weir_handle library = 0;
    if (argc != 2) {
        return 2;
    }
    const weir_status status = shelf_open(argv[1], strlen(argv[1]), &library, &error);
    printf("%s: %s\n", weir_status_name(status), error.message);
    if (status == WEIR_OK) {
        return use(library, &error);
    }
    return status == WEIR_ERR_CONTRACT_MISMATCH && library == 0 ? 3 : 1;
}
