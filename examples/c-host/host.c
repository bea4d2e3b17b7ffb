/** host.c: a C program that uses the greeter: two contexts, a response each, an event, an error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/weir.h>

static void must(weir_status status, const char *what, const weir_error *error) {
    if (status != WEIR_OK) {
        fprintf(stderr, "%s: %s %s\n", what, weir_status_name(status), error->message);
        exit(1);
    }
}

static void ask(weir_handle context, const char *name) {
    weir_error error = WEIR_ERROR_INIT;
    // [sample:c]
    weir_request request = WEIR_REQUEST_INIT;
    request.name = "greet";
    request.name_length = 5;
    request.data = name;
    request.length = strlen(name);
    request.timeout_ms = 1000;
    weir_record response;
    must(weir_request_wait(context, &request, &response, &error), "request", &error);
    printf("%s: %.*s\n", weir_status_name(response.status), (int)response.length,
           (const char *)response.data);
    weir_records_release(&response, 1);
    // [/sample]
}

static void show_events(weir_handle queue) {
    weir_record records[16];
    uint32_t count = 0;
    weir_queue_drain(queue, records, 16, &count);
    for (uint32_t at = 0; at < count; at++) {
        printf("event %.*s: %.*s\n", (int)records[at].name_length, records[at].name,
               (int)records[at].length, (const char *)records[at].data);
    }
    weir_records_release(records, count);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s /absolute/path/to/libgreeter.so\n", argv[0]);
        return 2;
    }
    weir_error error = WEIR_ERROR_INIT;
    weir_handle library, queue, pool, polite, brief;
    must(weir_library_load(argv[1], strlen(argv[1]), &library, &error), "load", &error);
    must(weir_queue_create(NULL, &queue, &error), "queue", &error);

    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.delivery = WEIR_DELIVER_QUEUE;
    options.queue = queue;
    must(weir_pool_create(library, &options, &pool, &error), "pool", &error);

    weir_context_options config = WEIR_CONTEXT_OPTIONS_INIT;
    config.config = "Good evening";
    config.config_length = 12;
    must(weir_context_create(pool, &config, &polite, &error), "create", &error);
    config.config = "Hi";
    config.config_length = 2;
    must(weir_context_create(pool, &config, &brief, &error), "create", &error);

    uint64_t listener = 0;
    must(weir_context_listen(polite, "greeted", 7, NULL, 0, &listener), "listen", &error);
    ask(polite, "Ada");
    ask(brief, "Grace");
    ask(brief, "");
    show_events(queue);

    weir_destroy_report report = WEIR_DESTROY_REPORT_INIT;
    must(weir_context_destroy_wait(polite, &report), "destroy", &error);
    must(weir_context_destroy_wait(brief, &report), "destroy", &error);
    must(weir_pool_close_wait(pool, 0, NULL), "close", &error);
    must(weir_queue_close(queue), "close", &error);
    must(weir_library_close(library), "close", &error);
    return 0;
}
